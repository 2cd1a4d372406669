import { wholeHost } from '@agent-harbor/core';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import type { Group } from '../index.ts';
import { appended, created, everything, sampleId } from '../testing/samples.ts';
import { openTemporary, temporaryPath } from '../testing/temporary.ts';

const openCounted = async () => {
  const groups: Group[] = [];
  const path = await temporaryPath();
  const store = await openTemporary(path, { observe: (group) => groups.push(group) });
  await store.commit(created(1));
  groups.length = 0;
  return { path, store, groups };
};

test('commits of one turn share one transaction', { timeout: 30_000 }, async () => {
  const { store, groups } = await openCounted();
  await Promise.all(Array.from({ length: 100 }, (_, index) => store.commit([appended(1, `${index}`)])));
  expect(groups).toMatchObject([{ commits: 100, events: 100 }]);
  await store.commit([appended(1, 'alone')]);
  await store.commit([appended(1, 'alone too')]);
  expect(groups.slice(1)).toMatchObject([
    { commits: 1, events: 1 },
    { commits: 1, events: 1 },
  ]);
});

test('a group tells how long it took, and how much of that its fsync', { timeout: 30_000 }, async () => {
  const { store, groups } = await openCounted();
  const before = performance.now();
  await Promise.all(Array.from({ length: 100 }, (_, index) => store.commit([appended(1, `${index}`)])));
  const [{ transactionMs = 0, commitMs = 0 } = {}] = groups;
  expect(commitMs).toBeGreaterThan(0);
  expect(transactionMs).toBeGreaterThan(commitMs);
  expect(transactionMs).toBeLessThan(performance.now() - before);
});

test('what fails by itself shares the transaction of its neighbours', { timeout: 30_000 }, async () => {
  const { store, groups } = await openCounted();
  const results = await Promise.allSettled([
    store.commit([appended(1, 'a')]),
    store.commit([appended(9, 'unknown')]),
    store.commit([appended(1, 'b'), appended(9, 'unknown')]),
    store.commit([appended(1, 'c'), appended(1, 'd')]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect(groups).toMatchObject([{ commits: 4, events: 3 }]);
  const messages = (await store.events(everything)).map(({ json }) => JSON.parse(json).message);
  expect(messages).toEqual(['a', 'c', 'd']);
});

test('a group is bounded, in rows and in bytes', { timeout: 30_000 }, async () => {
  const { store, groups } = await openCounted();
  await Promise.all(Array.from({ length: 2000 }, (_, index) => store.commit([appended(1, `${index}`)])));
  expect(groups.length).toBeGreaterThanOrEqual(8);
  expect(Math.max(...groups.map(({ commits }) => commits))).toBeLessThanOrEqual(250);
  groups.length = 0;
  const large = 'x'.repeat(200_000);
  await Promise.all(Array.from({ length: 50 }, () => store.commit([appended(1, large)])));
  expect(Math.max(...groups.map(({ commits }) => commits))).toBeLessThanOrEqual(6);
  expect((await store.session(wholeHost, sampleId(1)))?.lastSeq).toBe(2050);
});

test('a commit waits while another program writes, and the event loop runs', {
  timeout: 30_000,
}, async () => {
  const { path, store } = await openCounted();
  const other = new Database(path, { timeout: 0 });
  onTestFinished(() => void other.close());
  other.exec('BEGIN IMMEDIATE');
  const waiting = store.commit([appended(1, 'late')]);
  const first = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 50, 'free'))]);
  expect(first).toBe('free');
  expect((await store.session(wholeHost, sampleId(1)))?.lastSeq).toBe(0);
  other.exec('COMMIT');
  expect(await waiting).toHaveLength(1);
});

test('a commit that waited too long is refused, and nothing of it happened', {
  timeout: 30_000,
}, async () => {
  const { path, store } = await openCounted();
  const other = new Database(path, { timeout: 0 });
  onTestFinished(() => void other.close());
  other.exec('BEGIN IMMEDIATE');
  await expect(store.commit([appended(1, 'never')])).rejects.toMatchObject({
    code: 'not-ready',
    retryAfterSeconds: 1,
  });
  other.exec('ROLLBACK');
  expect(await store.commit([appended(1, 'next')])).toMatchObject([{ seq: 1 }]);
});
