import { wholeHost } from '@agent-harbor/core';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { Connection } from '../connection.ts';
import { openDisturbed } from '../testing/disturbed.ts';
import { appended, everything, sampleId } from '../testing/samples.ts';

/** Makes one statement fail once, as the disk would. */
const failOnce = (connection: Connection, statement: string, code: string, after = false): void => {
  const run = Connection.prototype.run.bind(connection);
  let failed = false;
  vi.spyOn(connection, 'run').mockImplementation((sql, values) => {
    if (failed || sql !== statement) return run(sql, values);
    failed = true;
    if (after) run(sql, values);
    throw new Database.SqliteError('disk I/O error', code);
  });
};

test('a full disk refuses what does not fit, keeps what does, and is ready again once there is room', {
  timeout: 30_000,
}, async () => {
  const { connection, store, pages } = await openDisturbed();
  expect(await store.readiness()).toEqual([]);
  connection.pragma(`max_page_count = ${pages() + 2}`);
  const large = 'x'.repeat(100_000);
  const results = await Promise.allSettled([
    store.commit([appended(1, 'fits')]),
    store.commit([appended(1, large)]),
    store.commit([appended(1, 'fits too')]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: { code: 'storage-full' } });

  await expect(store.commit([appended(1, large)])).rejects.toMatchObject({ code: 'storage-full' });
  const messages = (await store.events(everything)).map(({ json }) => JSON.parse(json).message);
  expect(messages).toEqual(['fits', 'fits too']);

  connection.pragma('max_page_count = 1000000');
  expect(await store.readiness()).toEqual([]);
  expect(await store.commit([appended(1, large)])).toMatchObject([{ seq: 3 }]);
});

test('while the disk is full the store says why it is not ready', { timeout: 30_000 }, async () => {
  const { connection, store } = await openDisturbed();
  failOnce(connection, 'COMMIT', 'SQLITE_FULL');
  await expect(store.commit([appended(1, 'a')])).rejects.toMatchObject({ code: 'storage-full' });
  failOnce(connection, 'COMMIT', 'SQLITE_FULL');
  expect(await store.readiness()).toEqual([expect.stringContaining('disk is full')]);
  expect(await store.readiness()).toEqual([]);
});

test('when the commit itself failed, callers hear that the outcome is unknown, and the store goes on', {
  timeout: 30_000,
}, async () => {
  for (const happened of [false, true]) {
    const { connection, store } = await openDisturbed();
    failOnce(connection, 'COMMIT', 'SQLITE_IOERR_FSYNC', happened);
    const results = await Promise.allSettled([
      store.commit([appended(1, 'a')]),
      store.commit([appended(1, 'b')]),
    ]);
    for (const result of results) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { code: 'not-ready', detail: expect.stringContaining('may have been written') },
      });
    }
    // What the file says is what counts from here on: no number is given twice.
    const before = happened ? 2 : 0;
    expect((await store.session(wholeHost, sampleId(1)))?.lastSeq).toBe(before);
    expect(await store.commit([appended(1, 'next')])).toMatchObject([
      { seq: before + 1, position: before + 1 },
    ]);
    expect(await store.events(everything)).toHaveLength(before + 1);
    expect(await store.readiness()).toEqual([]);
  }
});

test('a statement that fails before the commit fails nobody else', { timeout: 30_000 }, async () => {
  const { connection, store } = await openDisturbed();
  const insert = /^insert into "events"/;
  const run = Connection.prototype.run.bind(connection);
  vi.spyOn(connection, 'run').mockImplementation((sql, values) => {
    if (insert.test(sql) && JSON.stringify(values).includes('poison')) {
      throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_WRITE');
    }
    return run(sql, values);
  });
  const results = await Promise.allSettled([
    store.commit([appended(1, 'a')]),
    store.commit([appended(1, 'poison')]),
    store.commit([appended(1, 'b')]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect((await store.events(everything)).map(({ seq }) => seq)).toEqual([1, 2]);
});

test('a commit of one change that fails half-way is taken back alone', { timeout: 30_000 }, async () => {
  const { connection, store } = await openDisturbed();
  const run = Connection.prototype.run.bind(connection);
  vi.spyOn(connection, 'run').mockImplementation((sql, values) => {
    if (JSON.stringify(values)?.includes('second')) throw new Error('a defect');
    return run(sql, values);
  });
  const results = await Promise.allSettled([
    store.commit([appended(1, 'a')]),
    store.commit([appended(1, 'first', 'second')]),
    store.commit([appended(1, 'b')]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const messages = (await store.events(everything)).map(({ json }) => JSON.parse(json).message);
  expect(messages).toEqual(['a', 'b']);
});

test('when the file cannot be opened again the store says so, and recovers with it', {
  timeout: 30_000,
}, async () => {
  const { connection, store } = await openDisturbed();
  failOnce(connection, 'COMMIT', 'SQLITE_IOERR_FSYNC');
  const reopen = vi.spyOn(connection, 'reopen').mockImplementation(() => {
    connection.close();
    throw new Database.SqliteError('unable to open database file', 'SQLITE_CANTOPEN');
  });
  await expect(store.commit([appended(1, 'a')])).rejects.toMatchObject({ code: 'not-ready' });
  await expect(store.commit([appended(1, 'b')])).rejects.toMatchObject({ code: 'not-ready' });
  expect(await store.readiness()).toEqual([expect.stringContaining('SQLITE_CANTOPEN')]);
  reopen.mockRestore();
  expect(await store.commit([appended(1, 'c')])).toMatchObject([{ seq: 1 }]);
  expect(await store.readiness()).toEqual([]);
});

test('what all events take is right also after a commit that failed and one like it', {
  timeout: 30_000,
}, async () => {
  const { connection, store } = await openDisturbed();
  await store.commit([appended(1, 'one')]);
  failOnce(connection, 'COMMIT', 'SQLITE_FULL');
  await expect(store.commit([appended(1, 'two')])).rejects.toMatchObject({ code: 'storage-full' });
  await store.commit([appended(1, 'two')]);
  const events = await store.events(everything);
  const bytes = events.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0);
  expect(await store.usage()).toEqual({ bytes });
  // And so it is written down, for the next start.
  expect(connection.get('SELECT bytes FROM log_usage')).toEqual({ bytes });
});
