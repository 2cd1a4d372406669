import { copyFileSync, cpSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { append } from './harness/clients.ts';
import { type FaultRun, faultTest } from './harness/fault-test.ts';
import { endedSessions } from './harness/launch.ts';
import { EndedEarly, type ServerUnderTest } from './harness/server.ts';

/** What a caller gets of one session: its record and its whole log, or the code of the problem. */
const readAll = async (server: ServerUnderTest, id: string): Promise<string> => {
  const texts: string[] = [];
  for (let path = `/api/v1/sessions/${id}`; ; path = '') {
    for (let page = 0; path === ''; page++) {
      const response = await server.call('GET', `/api/v1/sessions/${id}/events?perPage=50&page=${page + 1}`);
      const body = await response.json();
      if (!response.ok) return codeOf(body);
      const items: unknown[] = body.items;
      if (items.length === 0) return texts.join('\n');
      texts.push(JSON.stringify(items));
    }
    const response = await server.call('GET', path);
    const body = await response.json();
    if (!response.ok) return codeOf(body);
    texts.push(JSON.stringify(body));
  }
};

/** A problem is told in words that say what to do. */
const codeOf = (body: { readonly code: string; readonly detail: string }): string => {
  expect(body.detail).toMatch(/ah restore/);
  return body.code;
};

/** A server with sessions, killed: what it wrote last is in the write-ahead log only. */
const leftBehind = async (run: FaultRun, times: number) => {
  const server = run.server();
  await server.start();
  const ids = await endedSessions(server, 3);
  for (let time = 0; time < times; time++) {
    if (time > 0) {
      await server.stop();
      await server.start();
    }
    for (let round = 0; round < 5; round++) {
      for (const id of ids) {
        const messages = Array.from({ length: 5 }, () => `${id} ${'x'.repeat(run.between(1, 900))}`);
        expect(await append(server, id, messages)).toBe(201);
      }
    }
  }
  await server.kill();
  return { stateDir: server.stateDir, ids };
};

const parts = ['harbor.db', 'harbor.db-wal'];

faultTest(
  'F6: flipped bits and cuts in what a server left',
  { needs: ['linux'], tier: 'long' },
  async (run) => {
    const { stateDir, ids } = await leftBehind(run, 2);
    // The truth, by a server that finds everything as it was.
    const sound = join(run.folder, 'sound');
    cpSync(stateDir, sound, { recursive: true });
    const truth = new Map<string, string>();
    const witness = run.server({ stateDir: sound });
    await witness.start();
    for (const id of ids) truth.set(id, await readAll(witness, id));
    await witness.stop();

    const outcomes = { refused: 0, told: 0, unchanged: 0 };
    const suffering = join(run.folder, 'damaged');
    cpSync(stateDir, suffering, { recursive: true });
    const server = run.server({ stateDir: suffering });
    for (let round = 0; round < 100; round++) {
      for (const part of [...parts, 'harbor.db-shm'])
        copyFileSync(join(stateDir, part), join(suffering, part));
      const target = join(suffering, parts[run.between(0, 1)] ?? '');
      const at = run.between(0, statSync(target).size - 1);
      const how = run.chance() < 0.2 ? 'cut' : 'flip';
      if (how === 'cut') truncateSync(target, at);
      else {
        const bytes = readFileSync(target);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << run.between(0, 7));
        writeFileSync(target, bytes);
      }
      run.struck();
      const what = `round ${round}: ${how} at ${at} of ${target}`;
      const refusal = await server.start().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (refusal !== undefined) {
        expect(refusal, what).toBeInstanceOf(EndedEarly);
        expect(String(refusal), what).toMatch(/harbor\.db/);
        outcomes.refused++;
        continue;
      }
      let changed = 0;
      for (const id of ids) {
        const told = await readAll(server, id);
        if (told === truth.get(id)) continue;
        expect(told, what).toBe('data-damaged');
        changed++;
      }
      expect((await server.call('GET', '/api/v1/sessions')).status, what).toBe(200);
      if (changed > 0) outcomes.told++;
      else outcomes.unchanged++;
      await server.kill();
    }
    run.tell(JSON.stringify(outcomes));
  },
);

faultTest(
  'F6: another byte in an event, one in a log, and half a file',
  { needs: ['linux'] },
  async (run) => {
    const { stateDir, ids } = await leftBehind(run, 1);
    const [damaged = '', ...untouched] = ids;
    const server = run.server({ stateDir });

    // In the log behind the database: the last commits are whole, so what lies between was there.
    const wal = join(stateDir, 'harbor.db-wal');
    const good = readFileSync(wal);
    const bad = Buffer.from(good);
    bad[200] = (bad[200] ?? 0) ^ 1;
    writeFileSync(wal, bad);
    await expect(server.start()).rejects.toThrow(/harbor\.db-wal is damaged: \d+ committed transactions/);
    run.struck();
    writeFileSync(wal, good);
    await server.start();
    const whole = new Map<string, string>();
    for (const id of ids) whole.set(id, await readAll(server, id));
    await server.stop();

    // In an event that is in the database.
    const path = join(stateDir, 'harbor.db');
    const database = readFileSync(path);
    const mark = Buffer.from(`"message":"${damaged} x`);
    const flipped = Buffer.from(database);
    // Pages may hold what was moved elsewhere, too: every copy is hit.
    for (let at = database.indexOf(mark); at >= 0; at = database.indexOf(mark, at + 1)) {
      flipped[at + mark.length] = (flipped[at + mark.length] ?? 0) ^ 1;
    }
    expect(flipped.equals(database)).toBe(false);
    writeFileSync(path, flipped);
    await server.start();
    run.struck();
    expect(await readAll(server, damaged)).toBe('data-damaged');
    for (const id of untouched) expect(await readAll(server, id)).toBe(whole.get(id));
    const { items } = await server.json('GET', '/api/v1/sessions');
    expect(items).toHaveLength(ids.length);
    await server.stop();

    writeFileSync(path, database.subarray(0, database.length / 2));
    await expect(server.start()).rejects.toThrow(/was cut off: it has \d+ of its \d+ pages/);
    run.struck();
  },
);
