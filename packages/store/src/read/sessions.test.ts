import { type Change, type SessionFilter, type Store, timestamp, wholeHost } from '@agent-harbor/core';
import { createMemoryStore } from '@agent-harbor/core/memory';
import { expect, test } from 'vitest';
import { created } from '../testing/samples.ts';
import { openTemporary, temporaryPath } from '../testing/temporary.ts';

/** Enough that some filters are common and others rare, and queries differ by that. */
const count = 1400;

const fill = async (store: Store): Promise<void> => {
  const changes: Change[] = [];
  for (let number = 1; number <= count; number++) {
    changes.push(
      ...created(number, {
        createdAt: timestamp(Math.floor(number / 3)),
        updatedAt: timestamp((number * 31) % 997),
        status: (['running', 'completed', 'failed', 'stopped'] as const)[number % 4] ?? 'running',
        agent: { type: number % 100 === 0 ? 'acp' : 'mock', version: '1', settings: {} },
        repo: { mode: 'git', url: number % 200 === 0 ? '/srv/rare' : '/srv/common' },
        labels: { team: 'web', ...(number % 90 === 0 ? { rare: 'yes' } : {}) },
        prompt: number % 70 === 0 ? 'Mend the rare logout button' : 'Mend the login page',
        ...(number % 10 === 0 ? { tenantId: 't1' } : {}),
        ...(number % 50 === 0 ? { archivedAt: timestamp(0) } : {}),
        ...(number % 2 === 0 ? { projectId: 'p1' } : {}),
      }),
    );
  }
  await store.commit(changes);
};

const filters: readonly SessionFilter[] = [
  {},
  { archived: 'true' },
  { agent: 'mock' },
  { agent: 'acp' },
  { agent: 'acp', archived: 'true' },
  { agent: 'command', repo: '/srv/common' },
  { repo: '/srv/common', label: 'team:web' },
  { repo: '/srv/rare', label: 'team:web' },
  { label: 'team:web' },
  { label: ['team:web', 'rare:yes'] },
  { label: 'rare:yes', q: 'login', agent: 'mock' },
  { q: 'mend log' },
  { q: 'mend rare logout', agent: 'mock' },
  { q: 'login', projectId: 'p1', archived: 'true' },
  { status: ['completed', 'failed', 'stopped'] },
  { status: ['completed', 'failed'], label: 'team:web', q: 'page' },
  { status: ['running', 'failed'], agent: 'acp', archived: 'true' },
  { status: ['failed'], tenantId: 't1' },
  {
    createdAfter: timestamp(100),
    createdBefore: timestamp(300),
    q: 'login',
    status: ['completed', 'running'],
  },
];

test('every way to find sessions gives what the memory store gives', { timeout: 60_000 }, async () => {
  const sqlite = await openTemporary(await temporaryPath());
  const memory = createMemoryStore();
  for (const store of [sqlite, memory]) await fill(store);

  const pages = async (store: Store, filter: SessionFilter, sort: '-createdAt' | 'updatedAt') => {
    const first = await store.sessions(wholeHost, filter, sort, { perPage: 30 });
    const third = await store.sessions(wholeHost, filter, sort, { perPage: 30, page: 3 });
    const second = await store.sessions(wholeHost, filter, sort, {
      perPage: 30,
      cursor: first.nextCursor ?? undefined,
    });
    return [first, second, third].map(({ items, nextCursor, ...page }) => ({
      ...page,
      // Its text is each store's own.
      hasMore: nextCursor !== null,
      ids: items.map(({ record }) => record.id),
    }));
  };
  for (const filter of filters) {
    for (const sort of ['-createdAt', 'updatedAt'] as const) {
      const found = await pages(sqlite, filter, sort);
      expect(found, JSON.stringify([filter, sort])).toEqual(await pages(memory, filter, sort));
    }
  }
});

test('a total follows what is written after it was counted', { timeout: 30_000 }, async () => {
  const store = await openTemporary(await temporaryPath());
  await fill(store);
  const total = async (filter: SessionFilter) =>
    (await store.sessions(wholeHost, filter, '-createdAt', { perPage: 1 })).total;
  const before = await total({ agent: 'mock' });
  expect(await total({ agent: 'mock' })).toBe(before);
  await store.commit(created(count + 1));
  expect(await total({ agent: 'mock' })).toBe((before ?? 0) + 1);
});
