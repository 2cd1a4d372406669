import { type Change, Problem, type Store, timestamp, wholeHost } from '@agent-harbor/core';
import { createMemoryStore } from '@agent-harbor/core/memory';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { created, everything, logged, sampleId, sampleSession } from './testing/samples.ts';
import { openTemporary, temporaryPath } from './testing/temporary.ts';

const number = fc.integer({ min: 1, max: 4 });
const word = fc.constantFrom('login', 'logout', 'naïve', 'ΟΔΟΣ', '日本', '"quoted"', '\ud800');

/** Changes over so few ids and keys that many of them collide, and many commits fail. */
const change: fc.Arbitrary<Change> = fc.oneof(
  number.map((n): Change => created(n)[0] ?? { kind: 'draft-deleted', id: 'x' }),
  number.map((n): Change => created(n)[1] ?? { kind: 'draft-deleted', id: 'x' }),
  fc.record({ n: number, prompt: word, label: word, archived: fc.boolean(), at: number }).map(
    ({ n, prompt, label, archived, at }): Change => ({
      kind: 'session-saved',
      session: sampleSession(n, {
        prompt,
        labels: { label },
        updatedAt: timestamp(at),
        tenantId: label,
        ...(archived ? { archivedAt: timestamp(0), status: 'failed' } : {}),
      }),
    }),
  ),
  fc
    .record({
      n: number,
      messages: fc.array(word, { maxLength: 3 }),
      journalOffset: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
      dedupeKey: fc.option(word, { nil: undefined }),
    })
    .map(
      ({ n, messages, ...rest }): Change => ({
        kind: 'events-appended',
        sessionId: sampleId(n),
        events: messages.map(logged),
        ...rest,
      }),
    ),
  fc
    .record({
      n: number,
      through: fc.integer({ min: 0, max: 9 }),
      maxBytes: fc.constantFrom(undefined, 200, 600),
    })
    .map(({ n, ...reasons }): Change => ({ kind: 'events-pruned', sessionId: sampleId(n), ...reasons })),
  fc.record({ n: number, at: number }).map(
    ({ n, at }): Change => ({
      kind: 'repository-used',
      tenantId: n === 1 ? undefined : `t${n}`,
      repository: {
        id: 'repo-1',
        displayName: `${n}`,
        scmProvider: 'git',
        remoteUrl: '/srv/a',
        defaultBranch: null,
        lastUsedAt: timestamp(at),
      },
    }),
  ),
  fc.record({ n: number, id: word, at: number, isOpen: fc.boolean() }).map(
    ({ n, id, at, isOpen }): Change => ({
      kind: 'approval-saved',
      approval: {
        id,
        sessionId: sampleId(n),
        state: isOpen ? 'requested' : 'expired',
        title: id,
        options: [],
        requestedAt: timestamp(at),
      },
    }),
  ),
  fc.record({ n: number, seq: fc.integer({ min: 0, max: 9 }), content: word }).map(
    ({ n, seq, content }): Change => ({
      kind: 'conversation-saved',
      sessionId: sampleId(n),
      row: { part: 'message', seq, id: '', value: { content, attachments: [] } },
    }),
  ),
  fc.record({ n: number, seq: fc.integer({ min: 0, max: 9 }) }).map(
    ({ n, seq }): Change => ({
      kind: 'conversation-deleted',
      sessionId: sampleId(n),
      part: 'message',
      seq,
    }),
  ),
  fc.record({ n: number, key: word, storedAt: fc.integer({ min: 0, max: 20 }) }).map(
    ({ n, key, storedAt }): Change => ({
      kind: 'reply-stored',
      reply: { scope: `${n % 2}`, key, fingerprint: 'f', reply: `${n}`, storedAt, expiresAt: storedAt + 5 },
    }),
  ),
);

/** What became of each commit; they are made without waiting in between. */
const outcomes = (store: Store, commits: readonly (readonly Change[])[]) =>
  Promise.all(
    commits.map((changes) =>
      store.commit(changes).then(
        (events) => events,
        (failure: unknown) => (failure instanceof Problem ? failure.code : failure),
      ),
    ),
  );

const contents = async (store: Store) => ({
  events: await store.events(everything),
  live: await store.liveSessions(),
  sessions: await Promise.all(
    [
      {},
      { archived: 'true' as const },
      { q: 'log' },
      { q: 'οδος' },
      { q: '本' },
      { label: 'label:\ud800' },
    ].map(async (filter) => (await store.sessions(wholeHost, filter, '-updatedAt', { perPage: 50 })).items),
  ),
  tenant: await store.events({ ...everything, scope: { tenantId: 'login' } }),
  bounds: [
    await store.eventBounds(wholeHost),
    await store.eventBounds({ tenantId: '\ud800' }),
    await store.eventBounds({ tenantId: 'login' }),
    await store.eventBounds(wholeHost, sampleId(1)),
  ],
  usage: await store.usage(),
  logs: (await store.logsByUpdate(undefined, 50)).map(({ updated: { at }, ...log }) => ({ ...log, at })),
  beyond: (await store.logsBeyond({ events: 1, bytes: 400 }, 0)).logs.map(({ sessionId }) => sessionId),
  repositories: await Promise.all(
    [wholeHost, { tenantId: 't2' }].map(
      async (scope) => (await store.repositories(scope, {}, { perPage: 9 })).items,
    ),
  ),
  approvals: await Promise.all(
    [wholeHost, { tenantId: 'login' }, { tenantId: '\ud800' }].map(
      async (scope) => (await store.approvals(scope, {}, { perPage: 50 })).items,
    ),
  ),
  conversation: await Promise.all(
    [1, 2, 3].map((n) =>
      store.conversation({ tenantId: n === 1 ? null : 'login' }, sampleId(n), 'message', {
        from: 0,
        through: 7,
      }),
    ),
  ),
  replies: await Promise.all(['login', '\ud800'].map((key) => store.reply('1', key, 10))),
});

test('whatever is committed, the SQLite store and the memory store say the same', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 25 }), async (random) => {
      const commits = [created(1), created(2), ...random];
      const path = await temporaryPath();
      const memory = createMemoryStore();
      const sqlite = await openTemporary(path);
      expect(await outcomes(sqlite, commits)).toEqual(await outcomes(memory, commits));
      expect(await contents(sqlite)).toEqual(await contents(memory));
      await sqlite.close();
      const again = await openTemporary(path);
      expect(await contents(again)).toEqual(await contents(memory));
      await again.close();
    }),
    { numRuns: 60 },
  );
});
