import { expect, test } from 'vitest';
import { wholeHost } from '../scope.ts';
import { createMemoryStore } from '../store/memory/index.ts';
import type { EventLines, Store } from '../store/store.ts';
import { createSharedReads } from './shared-reads.ts';

/** Reads that count how often the store is asked. */
const open = (answer: (after: number) => Promise<EventLines | undefined>) => {
  let asked = 0;
  const eventLines: Store['eventLines'] = (_scope, _sessionId, after) => {
    asked++;
    return answer(after);
  };
  const shared = createSharedReads({ ...createMemoryStore(), eventLines });
  return {
    shared,
    asked: () => asked,
    read: (after: number, scope = wholeHost, sessionId = 'S') => shared.lines(scope, sessionId, after, 1000),
  };
};

const page = async (after: number): Promise<EventLines> => ({ first: after + 1, count: 1, text: '{}' });

test('readers at the same place share a read, at once and a moment later', async () => {
  const { shared, asked, read } = open(page);
  const pages = await Promise.all([read(0), read(0), read(0)]);
  expect(await read(0)).toBe(pages[0]);
  expect(new Set(pages).size).toBe(1);
  expect([asked(), shared.pagesRead]).toEqual([1, 1]);
});

test('others have reads of their own: another place, session, size or scope', async () => {
  const { shared, asked, read } = open(page);
  await Promise.all([read(0), read(1), read(0, wholeHost, 'T'), shared.lines(wholeHost, 'S', 0, 999)]);
  await Promise.all([read(0, { tenantId: '' }), read(0, { tenantId: 'of' }), read(0, { tenantId: 'of ' })]);
  expect(asked()).toBe(7);
});

test('that there is nothing, and that a read failed, is not remembered', async () => {
  let answer: () => Promise<EventLines | undefined> = async () => undefined;
  const { asked, read } = open(() => answer());
  expect(await read(0)).toBeUndefined();
  answer = () => Promise.reject(new Error('the disk'));
  await expect(read(0)).rejects.toThrow('the disk');
  answer = () => page(0);
  expect((await read(0))?.first).toBe(1);
  expect(asked()).toBe(3);
});

test('few pages are kept, and the newest of them', async () => {
  const { asked, read } = open(page);
  for (let after = 0; after < 100; after++) await read(after);
  await read(99);
  expect(asked()).toBe(100);
  await read(0);
  expect(asked()).toBe(101);
});
