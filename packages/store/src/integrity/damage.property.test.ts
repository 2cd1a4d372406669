import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { env } from 'node:process';
import { wholeHost } from '@agent-harbor/core';
import { expect, test } from 'vitest';
import { appended, created, everything, sampleId } from '../testing/samples.ts';
import { openTemporary, temporaryPath } from '../testing/temporary.ts';

const rounds = 160;
const sessions = [1, 2, 3, 4];
const parts = ['', '-wal', '-shm'];

/** Numbers in [0, 1) from a seed (mulberry32). */
const chanceOf = (seed: number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** What a reader gets of one session, asked for page by page: its text, or the code of the problem. */
const replay = async (path: string): Promise<Map<number, string>> => {
  const store = await openTemporary(path);
  const told = new Map<number, string>();
  for (const number of sessions) {
    const sessionId = sampleId(number);
    const lines: string[] = [];
    try {
      const session = await store.session(wholeHost, sessionId);
      lines.push(JSON.stringify(session?.record ?? 'none'));
      for (let after = 0; ; ) {
        const page = await store.events({ ...everything, sessionId, after, limit: 40 });
        lines.push(...page.map(({ seq, json }) => `${seq} ${json}`));
        const last = page.at(-1);
        if (last === undefined) break;
        after = last.seq;
      }
      told.set(number, lines.join('\n'));
    } catch (failure) {
      told.set(
        number,
        failure instanceof Error && 'code' in failure ? String(failure.code) : String(failure),
      );
    }
  }
  await store.close();
  return told;
};

test('a flipped bit or a cut anywhere is told, or changes no byte of what is served', {
  timeout: 300_000,
}, async () => {
  const seed = Number(env.SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
  console.log(`Damage to database and log: seed ${seed}`);
  const chance = chanceOf(seed);
  const below = (limit: number) => Math.floor(chance() * limit);

  // Half of it is in the database, half in the log only, as a server that was killed leaves it.
  const origin = await temporaryPath();
  const first = await openTemporary(origin);
  for (const number of sessions) await first.commit(created(number));
  const fill = async (store: typeof first, from: number) => {
    for (let index = from; index < from + 60; index++) {
      await store.commit(
        sessions.map((number) => appended(number, `${number}/${index} ${'x'.repeat(below(900))}`)),
      );
    }
  };
  await fill(first, 0);
  await first.close();
  const second = await openTemporary(origin);
  await fill(second, 60);
  const left = await temporaryPath();
  for (const part of parts) copyFileSync(`${origin}${part}`, `${left}${part}`);
  await second.close();
  const whole = await replay(origin);
  const bytes = new Map(
    [origin, left].flatMap((path) => parts.map((part) => [path + part, path + part] as const)),
  );
  for (const path of bytes.keys()) if (!existsSync(path)) bytes.delete(path);
  const copies = new Map([...bytes.keys()].map((path) => [path, readFileSync(path)]));

  const outcomes = { refused: 0, told: 0, unchanged: 0, hidden: 0 };
  const path = await temporaryPath();
  for (let round = 0; round < rounds; round++) {
    const source = below(2) === 0 ? origin : left;
    for (const part of parts) {
      const copy = copies.get(`${source}${part}`);
      if (copy === undefined) rmSync(`${path}${part}`, { force: true });
      else writeFileSync(`${path}${part}`, copy);
    }
    const part = source === left && below(2) === 0 ? '-wal' : '';
    const target = `${path}${part}`;
    const size = statSync(target).size;
    const isCut = below(5) === 0;
    const at = below(size);
    const bit = below(8);
    if (isCut) truncateSync(target, at);
    else {
      const damaged = readFileSync(target);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
      writeFileSync(target, damaged);
    }
    const what = `seed ${seed}, round ${round}: ${part === '' ? 'database' : 'log'} ${isCut ? 'cut' : `bit ${bit} flipped`} at ${at} of ${size}`;
    const told = await replay(path).catch((failure: unknown) => {
      expect(failure, what).toMatchObject({
        code: expect.stringMatching(/^(?:data-damaged|not-ready|internal)$/),
      });
      return undefined;
    });
    if (told === undefined) {
      outcomes.refused++;
      continue;
    }
    const changed = sessions.filter((number) => told.get(number) !== whole.get(number));
    // A key of an index that is another one hides its session: nothing says that there was one (decision 0008).
    const hidden = changed.filter((number) => told.get(number) === '"none"');
    for (const number of changed) {
      if (!hidden.includes(number)) expect(told.get(number), what).toBe('data-damaged');
    }
    if (hidden.length > 0) outcomes.hidden++;
    else if (changed.length > 0) outcomes.told++;
    else outcomes.unchanged++;
  }
  console.log(JSON.stringify(outcomes));
  expect(outcomes.refused).toBeGreaterThan(0);
  expect(outcomes.told).toBeGreaterThan(0);
  // A few bytes of all there are.
  expect(outcomes.hidden).toBeLessThan(rounds / 20);
});
