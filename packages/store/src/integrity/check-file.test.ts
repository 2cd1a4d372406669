import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createSeededIds } from '@agent-harbor/core';
import { expect, test } from 'vitest';
import { reservePath } from '../reserve.ts';
import { openDisturbed } from '../testing/disturbed.ts';
import { appended, created, everything } from '../testing/samples.ts';
import { openTemporary, temporaryPath } from '../testing/temporary.ts';
import { scanWal } from './scan-wal.ts';

const parts = ['', '-wal', '-shm'];

/** A database as a server that was killed leaves it: a number of transactions lie in the write-ahead log only. */
const leftBehind = async (transactions: number): Promise<string> => {
  const [origin, path] = [await temporaryPath(), await temporaryPath()];
  const first = await openTemporary(origin);
  await first.commit(created(1));
  await first.close();
  const store = await openTemporary(origin);
  for (let index = 0; index < transactions; index++) await store.commit([appended(1, `${index}`)]);
  for (const part of parts) copyFileSync(`${origin}${part}`, `${path}${part}`);
  await store.close();
  return path;
};

const flip = (path: string, at: number, bit = 3): void => {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  writeFileSync(path, bytes);
};

const messages = async (path: string) =>
  (await (await openTemporary(path)).events(everything)).map(({ json }): unknown => JSON.parse(json).message);

/** Where each transaction in a log ends, and how long a frame is. */
const framesOf = (path: string) => {
  const wal = readFileSync(`${path}-wal`);
  const length = 24 + wal.readUInt32BE(8);
  const count = Math.floor((wal.length - 32) / length);
  const at = (number: number) => 32 + (number - 1) * length;
  const ends = Array.from({ length: count }, (_, index) => index + 1).filter(
    (number) => wal.readUInt32BE(at(number) + 4) > 0,
  );
  return { at, ends, length };
};

test('a log that is whole opens with all that was committed', { timeout: 30_000 }, async () => {
  const path = await leftBehind(5);
  expect(scanWal(path).dropped).toBe(0);
  expect(await messages(path)).toEqual(['0', '1', '2', '3', '4']);
});

test('a last transaction that was cut short opens without it', { timeout: 30_000 }, async () => {
  const path = await leftBehind(5);
  const { at, ends } = framesOf(path);
  // As after a power cut: the index beside the log is from before the transaction, or gone.
  rmSync(`${path}-shm`);
  truncateSync(`${path}-wal`, at(ends.at(-1) ?? 0) + 100);
  expect(await messages(path)).toEqual(['0', '1', '2', '3']);
});

for (const [what, offset] of [
  ['page', 24 + 77],
  ['checksum', 17],
  ['salt', 9],
  ['page number', 3],
] as const) {
  test(`a flipped bit in a ${what} of the log does not drop what was committed after it`, {
    timeout: 30_000,
  }, async () => {
    const path = await leftBehind(5);
    const { at, ends } = framesOf(path);
    rmSync(`${path}-shm`);
    flip(`${path}-wal`, at(ends[1] ?? 0) + offset);
    const before = readFileSync(`${path}-wal`);
    const refused = {
      code: 'data-damaged',
      detail: expect.stringMatching(/^\S+-wal is damaged: [234] committed/),
    };
    await expect(openTemporary(path)).rejects.toMatchObject(refused);
    await expect(openTemporary(path)).rejects.toMatchObject(refused);
    expect(readFileSync(`${path}-wal`).equals(before), 'the log was touched').toBe(true);
  });
}

test('where the index of a killed server is there, the last transaction is missed as well', {
  timeout: 30_000,
}, async () => {
  const path = await leftBehind(5);
  const { at, ends } = framesOf(path);
  flip(`${path}-wal`, at(ends.at(-1) ?? 0) + 1000);
  await expect(openTemporary(path)).rejects.toMatchObject({
    code: 'data-damaged',
    detail: expect.stringContaining('at least one committed transaction'),
  });
});

test('a log that was cut or removed under a killed server is missed', { timeout: 30_000 }, async () => {
  for (const damage of [
    (path: string) => truncateSync(path, 0),
    (path: string) => truncateSync(path, 5000),
    (path: string) => rmSync(path),
    (path: string) => flip(path, 2),
    (path: string) => flip(path, 17),
  ]) {
    const path = await leftBehind(3);
    damage(`${path}-wal`);
    await expect(openTemporary(path)).rejects.toMatchObject({ code: 'data-damaged' });
  }
});

test('who wants so goes on without them, under another epoch', { timeout: 30_000 }, async () => {
  const path = await leftBehind(5);
  const { at, ends } = framesOf(path);
  flip(`${path}-wal`, at(ends[1] ?? 0) + 500);
  await expect(openTemporary(path)).rejects.toThrow('--drop-damaged-commits');
  const before = (await openTemporary(await leftBehind(1))).epoch;
  const store = await openTemporary(path, { dropDamagedCommits: true, ids: createSeededIds('another') });
  expect(await store.events(everything)).toHaveLength(1);
  const { epoch } = store;
  expect(epoch).not.toBe(before);
  await store.close();
  expect((await openTemporary(path)).epoch).toBe(epoch);
});

test('a file that was cut, or whose header is not ours, is refused with a sentence', {
  timeout: 30_000,
}, async () => {
  const path = await temporaryPath();
  const store = await openTemporary(path);
  await store.commit(created(1));
  await store.close();
  const whole = readFileSync(path);
  // Whoever has served on this file keeps space back beside it.
  writeFileSync(reservePath(path), '');
  const damages: readonly (readonly [RegExp, () => void])[] = [
    [/was cut off: it has \d+ of its \d+ pages/, () => truncateSync(path, statSync(path).size / 2)],
    [/was cut off: it has \d+ of its \d+ pages/, () => truncateSync(path, statSync(path).size - 1)],
    [/was cut to nothing/, () => truncateSync(path, 0)],
    [/no database/, () => truncateSync(path, 50)],
    [
      /no database/,
      () => writeFileSync(path, 'something else altogether, and more of it than a header has. '.repeat(9)),
    ],
    [/no database/, () => flip(path, 3)],
    [/header|pages|damaged/, () => flip(path, 16)],
    [/header/, () => flip(path, 19)],
    [/header/, () => flip(path, 27)],
    [/cut off|header/, () => flip(path, 29)],
    [/damaged|header/, () => flip(path, 31, 0)],
    [/header/, () => flip(path, 59)],
    [/not a database of Agent Harbor/, () => flip(path, 70)],
    [/header/, () => flip(path, 80)],
  ];
  for (const [index, [sentence, damage]] of damages.entries()) {
    writeFileSync(path, whole);
    damage();
    const damaged = readFileSync(path);
    await expect(openTemporary(path), `${index}`).rejects.toThrow(sentence);
    expect(readFileSync(path).equals(damaged), `${index}: touched`).toBe(true);
    expect(existsSync(`${path}-wal`)).toBe(false);
  }
  writeFileSync(path, whole);
  await openTemporary(path);
});

test('a store that failed and was opened again while it ran leaves nothing that is refused', {
  timeout: 30_000,
}, async () => {
  const { path, connection, store } = await openDisturbed();
  connection.reopen();
  await store.commit([appended(1, 'more')]);
  expect(scanWal(path).dropped).toBe(0);
});
