import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pid, platform } from 'node:process';
import { createSeededIds, wholeHost } from '@agent-harbor/core';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openSqliteStore } from './index.ts';
import { startChild } from './testing/child.ts';
import { appended, created, everything, sampleId, sampleSession } from './testing/samples.ts';
import { openTemporary, temporaryPath } from './testing/temporary.ts';

const open = (path: string) => openSqliteStore({ path, ids: createSeededIds('second') });

test('everything is there after closing and opening again', { timeout: 30_000 }, async () => {
  const path = await temporaryPath();
  const first = await openTemporary(path);
  await first.commit(created(1, { labels: { team: 'web' } }));
  const [one, two] = await first.commit([
    {
      ...appended(1, 'a', 'b'),
      kind: 'events-appended',
      sessionId: sampleId(1),
      journalOffset: 7,
      dedupeKey: 'x',
      events: [
        { at: 1, body: { type: 'log', level: 'info', message: 'a' } },
        { at: 2, body: { type: 'thought', thought: 'b' } },
      ],
    },
  ]);
  await first.close();

  const second = await openTemporary(path, { ids: createSeededIds('another') });
  expect(second.epoch).toBe(first.epoch);
  expect(await second.events(everything)).toEqual([one, two]);
  expect(await second.session(wholeHost, sampleId(1))).toEqual({
    record: sampleSession(1, { labels: { team: 'web' } }),
    lastSeq: 2,
    journalOffset: 7,
  });
  expect(
    (await second.sessions(wholeHost, { q: 'login', label: 'team:web' }, '-createdAt', { perPage: 5 })).total,
  ).toBe(1);
  const events = await second.commit([
    { kind: 'events-appended', sessionId: sampleId(1), events: [], dedupeKey: 'x' },
    appended(1, 'c'),
  ]);
  expect(events).toMatchObject([{ seq: 3, position: (two?.position ?? 0) + 1 }]);
});

test('commits that wait when the store is closed still happen', { timeout: 30_000 }, async () => {
  const path = await temporaryPath();
  const store = await openTemporary(path);
  await store.commit(created(1));
  const waiting = store.commit([appended(1, 'last')]);
  const closing = store.close();
  expect(await waiting).toHaveLength(1);
  await closing;
  expect(await (await openTemporary(path)).events(everything)).toHaveLength(1);
});

test('two databases have two epochs', { timeout: 30_000 }, async () => {
  const [one, two] = await Promise.all(
    ['a', 'b'].map(async (seed) => openTemporary(await temporaryPath(), { ids: createSeededIds(seed) })),
  );
  expect(one?.epoch).toMatch(/^[0-9a-z]{10}$/);
  expect(one?.epoch).not.toBe(two?.epoch);
});

test.skipIf(platform === 'win32')('nobody else may read the database', { timeout: 30_000 }, async () => {
  const path = await temporaryPath();
  const store = await openTemporary(path);
  await store.commit(created(1));
  for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}.holder`]) {
    expect(statSync(file).mode & 0o077, file).toBe(0);
  }
});

test('it is durable and checks what refers to what', { timeout: 30_000 }, async () => {
  const path = await temporaryPath();
  await openTemporary(path);
  const other = new Database(path, { readonly: true });
  expect(other.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(other.pragma('foreign_key_check')).toEqual([]);
  expect(other.pragma('integrity_check', { simple: true })).toBe('ok');
  other.close();
});

test('a second opener is told who holds the database', { timeout: 30_000 }, async () => {
  const path = await temporaryPath();
  const store = await openTemporary(path);
  await expect(open(path)).rejects.toMatchObject({
    code: 'not-ready',
    detail: expect.stringContaining(`process ${pid}`),
  });
  await store.announce('http://127.0.0.1:3001');
  await expect(open(path)).rejects.toMatchObject({
    detail: expect.stringContaining('http://127.0.0.1:3001'),
  });
  await store.commit(created(1));
  await store.close();
  expect(existsSync(`${path}.holder`)).toBe(false);
  await (await open(path)).close();
});

test('another process is refused too, and the lock of a dead process is taken over', {
  timeout: 30_000,
}, async () => {
  const path = await temporaryPath();
  const child = startChild(path);
  await child.lines(1);
  await expect(open(path)).rejects.toMatchObject({
    code: 'not-ready',
    detail: expect.stringMatching(new RegExp(`process ${child.pid} \\(http://127\\.0\\.0\\.1:1\\)`)),
  });
  await child.kill();
  expect(readFileSync(`${path}.holder`, 'utf8')).toContain(`${child.pid}`);
  await openTemporary(path);
  await expect(open(path)).rejects.toMatchObject({ detail: expect.stringContaining(`process ${pid}`) });
});

test('a holder file that says nothing useful is no obstacle', { timeout: 30_000 }, async () => {
  const path = await temporaryPath();
  await openTemporary(path);
  writeFileSync(`${path}.holder`, '{"pid": "x"}');
  await expect(open(path)).rejects.toMatchObject({ detail: expect.stringContaining('another process') });
});

test('a file that is something else is refused and not touched', { timeout: 30_000 }, async () => {
  const path = await temporaryPath();
  writeFileSync(path, 'this is not a database, but long enough to look like one'.repeat(20));
  await expect(open(path)).rejects.toMatchObject({
    code: 'data-damaged',
    detail: expect.stringContaining('is no database'),
  });
  expect(readFileSync(path, 'utf8')).toContain('not a database');

  const other = await temporaryPath();
  const foreign = new Database(other);
  foreign.exec('CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)');
  foreign.close();
  await expect(open(other)).rejects.toMatchObject({
    code: 'not-ready',
    detail: expect.stringContaining('not a database of Agent Harbor'),
  });
  const after = new Database(other);
  expect(after.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['theirs']);
  after.close();
});

test('a place where nothing can be made is a sentence', { timeout: 30_000 }, async () => {
  const directory = dirname(await temporaryPath());
  writeFileSync(join(directory, 'file'), '');
  await expect(open(join(directory, 'file', 'harbor.db'))).rejects.toMatchObject({
    code: 'not-ready',
    detail: expect.stringContaining('cannot be made'),
  });
  mkdirSync(join(directory, 'taken.db'));
  await expect(open(join(directory, 'taken.db'))).rejects.toMatchObject({ code: 'not-ready' });
  chmodSync(directory, 0o700);
});

test('directories are made, and names are only names', { timeout: 30_000 }, async () => {
  const directory = dirname(await temporaryPath());
  const path = join(directory, 'a b', "c'd?mode=ro", 'file:x.db');
  const store = await openTemporary(path);
  await store.commit(created(1));
  expect(existsSync(path)).toBe(true);
  await expect(open(`${path} `)).rejects.toMatchObject({ code: 'not-ready' });
});
