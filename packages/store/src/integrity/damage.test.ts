import { type Log, wholeHost } from '@agent-harbor/core';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { appended, created, everything, sampleId } from '../testing/samples.ts';
import { openTemporary, temporaryPath } from '../testing/temporary.ts';

/** Two sessions with ten events each, and a connection that reaches behind the store's back. */
const openDamaged = async (...statements: readonly string[]) => {
  const path = await temporaryPath();
  const said: string[] = [];
  const log: Log = { info: () => {}, warn: () => {}, error: (message) => said.push(message) };
  const first = await openTemporary(path);
  for (const number of [1, 2]) await first.commit(created(number));
  for (let index = 1; index <= 10; index++) {
    await first.commit([appended(1, `one ${index}`), appended(2, `two ${index}`)]);
  }
  await first.close();
  const other = new Database(path);
  for (const statement of statements) other.exec(statement);
  other.close();
  const store = await openTemporary(path, { log });
  const session = { ...everything, sessionId: sampleId(1) };
  const read = async (selection: object) =>
    (await store.events({ ...session, ...selection })).map(({ seq }) => seq);
  return { store, said, read };
};

const one = '(SELECT ordinal FROM sessions ORDER BY ordinal LIMIT 1)';
const others = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** What each damage does to the readings of session 1. */
const damages: readonly { readonly what: string; readonly sql: string; readonly at: number }[] = [
  {
    what: 'another letter',
    sql: `UPDATE events SET json = replace(json, 'one 4', 'one 5') WHERE seq = 4`,
    at: 4,
  },
  { what: 'a hole', sql: `DELETE FROM events WHERE session = ${one} AND seq = 4`, at: 4 },
  { what: 'a lost end', sql: `DELETE FROM events WHERE session = ${one} AND seq >= 9`, at: 9 },
  { what: 'a lost start', sql: `DELETE FROM events WHERE session = ${one} AND seq <= 1`, at: 1 },
  {
    what: 'two that changed places',
    sql: `UPDATE events SET seq = 1000 + 9 - seq WHERE session = ${one} AND seq IN (4, 5);
      UPDATE events SET seq = seq - 1000 WHERE seq > 1000`,
    at: 4,
  },
  {
    what: 'the last one as it never was',
    sql: `UPDATE events SET json = '{}', chain = 5 WHERE session = ${one} AND seq = 10`,
    at: 10,
  },
];

for (const { what, sql, at } of damages) {
  test(`${what} in a log is a problem of its session alone`, { timeout: 30_000 }, async () => {
    const { store, read } = await openDamaged(sql);
    const problem = { code: 'data-damaged', status: 500, detail: expect.stringContaining(sampleId(1)) };
    if (at > 1) expect(await read({})).toEqual(others.slice(0, at - 1));
    await expect(read({ after: at - 1 })).rejects.toMatchObject(problem);
    await expect(read({ after: at - 1, limit: 1 })).rejects.toMatchObject(problem);
    const backwards = await read({ order: 'desc' }).catch((failure: unknown) => failure);
    if (Array.isArray(backwards)) {
      expect(backwards.length).toBeGreaterThan(0);
      expect(backwards).toEqual([...others].reverse().slice(0, backwards.length));
      expect(Math.min(...backwards)).toBeGreaterThan(at);
    } else {
      expect(backwards).toMatchObject(problem);
    }
    expect(await store.events({ ...everything, sessionId: sampleId(2) })).toHaveLength(10);
    expect((await store.sessions(wholeHost, {}, '-createdAt', { perPage: 5 })).items).toHaveLength(2);
  });
}

test('a chain that is damaged hides no event that is read with its neighbours', {
  timeout: 30_000,
}, async () => {
  const { read } = await openDamaged(
    `UPDATE events SET chain = chain + 1 WHERE session = ${one} AND seq = 4`,
  );
  expect(await read({})).toEqual(others);
  await expect(read({ after: 3, limit: 1 })).rejects.toMatchObject({ code: 'data-damaged' });
});

test('what lies behind a damaged event can be read', { timeout: 30_000 }, async () => {
  const { read } = await openDamaged(damages[0]?.sql ?? '');
  expect(await read({ after: 4 })).toEqual([5, 6, 7, 8, 9, 10]);
});

test('a filter does not hide damage in what it finds', { timeout: 30_000 }, async () => {
  const { read } = await openDamaged(damages[0]?.sql ?? '');
  const filter = { types: ['log'] } as const;
  expect(await read(filter)).toEqual([1, 2, 3]);
  await expect(read({ ...filter, after: 3 })).rejects.toMatchObject({ code: 'data-damaged' });
  expect(await read({ ...filter, after: 4 })).toEqual([5, 6, 7, 8, 9, 10]);
});

test('among the events of all sessions a damaged one is left out, and the log says so once', {
  timeout: 30_000,
}, async () => {
  const { store, said } = await openDamaged(damages[0]?.sql ?? '');
  for (const _ of [1, 2]) {
    const events = await store.events(everything);
    expect(events).toHaveLength(19);
    expect(events.some(({ sessionId, seq }) => sessionId === sampleId(1) && seq === 4)).toBe(false);
  }
  expect(said).toEqual([expect.stringMatching(/^The event at position 7 is damaged .* `ah restore`/)]);
});

test('a place in a log that is damaged stops what would go on from it', { timeout: 30_000 }, async () => {
  for (const column of ['last_seq', 'journal_offset', 'chain', 'pruned_seq', 'pruned_chain', 'seal']) {
    const { store, read } = await openDamaged(
      `UPDATE session_logs SET ${column} = ${column} + 1 WHERE session = ${one}`,
    );
    await expect(read({}), column).rejects.toMatchObject({ code: 'data-damaged' });
    await expect(store.commit([appended(1, 'more')])).rejects.toMatchObject({ code: 'data-damaged' });
    expect(await store.commit([appended(2, 'more')])).toMatchObject([{ seq: 11 }]);
  }
});

test('a damaged record is a problem where it is asked for, and leaves its neighbours in the lists', {
  timeout: 30_000,
}, async () => {
  const { store, said } = await openDamaged(
    `UPDATE sessions SET record = replace(record, 'login', 'logic') WHERE ordinal = ${one}`,
    `UPDATE tasks SET record = record || ' ' WHERE ordinal = 1`,
  );
  const problem = { code: 'data-damaged', detail: expect.stringContaining(sampleId(1)) };
  await expect(store.session(wholeHost, sampleId(1))).rejects.toMatchObject(problem);
  await expect(store.task(wholeHost, sampleId(1))).rejects.toMatchObject(problem);
  const page = await store.sessions(wholeHost, {}, '-createdAt', { perPage: 5 });
  expect(page.items.map(({ record }) => record.id)).toEqual([sampleId(2)]);
  expect((await store.liveSessions()).map(({ record }) => record.id)).toEqual([sampleId(2)]);
  expect(said).toEqual([expect.stringContaining(sampleId(1))]);
});

test('a damaged stored answer is not given', { timeout: 30_000 }, async () => {
  const path = await temporaryPath();
  const store = await openTemporary(path);
  const reply = {
    scope: 's',
    key: 'k',
    fingerprint: 'f',
    reply: '{"status":201}',
    storedAt: 1,
    expiresAt: 9,
  };
  await store.commit([{ kind: 'reply-stored', reply }]);
  expect(await store.reply('s', 'k', 5)).toEqual(reply);
  const other = new Database(path);
  onTestFinished(() => void other.close());
  other.exec(`UPDATE replies SET reply = '{"status":202}'`);
  await expect(store.reply('s', 'k', 5)).rejects.toMatchObject({ code: 'data-damaged' });
});
