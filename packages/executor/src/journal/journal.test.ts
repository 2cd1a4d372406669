import { appendFile, type FileHandle, open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { NewEvent } from '@agent-harbor/core';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../recorder/system-clock.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import type { LostStretch } from './lost-stretch.ts';
import { readExit, readSlice } from './reader.ts';
import { decodeLine, encodeRecord } from './record.ts';
import { createJournal } from './writer.ts';

const log = (message: string): NewEvent => ({ at: 1, body: { type: 'log', level: 'info', message } });
const record = (message: string) => ({ kind: 'event', ...log(message) }) as const;

const write = async () => {
  const path = join(await temporaryDirectory(), 'journal.jsonl');
  const sizes: number[] = [];
  const journal = await createJournal({
    path,
    clock: systemClock,
    onDurable: (size) => sizes.push(size),
    onTrouble: () => {},
  });
  return { path, sizes, journal };
};

const reading = async (path: string) => {
  const file = await open(path, 'r');
  onTestFinished(() => file.close());
  return { file, size: (await file.stat()).size };
};

/** Slice after slice, as a reader goes. */
const readAll = async (file: FileHandle, size: number) => {
  const events: NewEvent[] = [];
  const lost: LostStretch[] = [];
  for (let offset = 0; offset < size; ) {
    const slice = await readSlice(file, offset, size);
    events.push(...slice.events);
    if (slice.lost) lost.push(slice.lost);
    offset = slice.offset;
    if (slice.exit) return { events, lost, exit: slice.exit };
  }
  return { events, lost };
};

test('what was appended is read again, in order and from any record on', async () => {
  const { path, journal } = await write();
  journal.append(record('one'));
  journal.append({ kind: 'command', id: 'stop' });
  await journal.written();
  const middle = journal.durable;
  journal.append(record('two\n\u0000 "\\ \ud83d\ude00'));
  journal.append({ kind: 'exit', exit: { kind: 'exited', code: 3, lastOutput: 'x' } });
  await journal.close();

  const { file, size } = await reading(path);
  expect(await readSlice(file, 0, size)).toEqual({
    events: [log('one'), log('two\n\u0000 "\\ \ud83d\ude00')],
    offset: size,
    exit: { kind: 'exited', code: 3, lastOutput: 'x' },
  });
  expect((await readSlice(file, middle, size)).events).toEqual([log('two\n\u0000 "\\ \ud83d\ude00')]);
  expect(await readSlice(file, 0, middle)).toEqual({ events: [log('one')], offset: middle });
  expect(await readExit(file, size)).toEqual({ kind: 'exited', code: 3, lastOutput: 'x' });
  expect(await readExit(file, middle)).toBeUndefined();
});

test('a burst is one write, and sizes are announced once they are on the disk', async () => {
  const { path, sizes, journal } = await write();
  for (let index = 0; index < 100; index++) journal.append(record(String(index)));
  expect(journal.durable).toBe(0);
  await journal.written();
  expect(sizes).toEqual([journal.size]);
  expect((await stat(path)).size).toBe(journal.durable);
  await journal.close();
});

test('who produces faster than the disk writes is made to wait', async () => {
  const { journal } = await write();
  await journal.room();
  for (let index = 0; index < 300; index++) journal.append(record('x'.repeat(16 * 1024)));
  let hasRoom = false;
  const room = journal.room().then(() => {
    hasRoom = true;
  });
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  await room;
  expect(journal.size - journal.durable).toBeLessThan(1024 * 1024);
  await journal.close();
});

test('slices are bounded in events and in bytes', async () => {
  const { path, journal } = await write();
  for (let index = 0; index < 1200; index++) journal.append(record('short'));
  for (let index = 0; index < 40; index++) journal.append(record('long'.repeat(4000)));
  journal.append(record('y'.repeat(700_000)));
  await journal.close();
  const { file, size } = await reading(path);
  const counts: number[] = [];
  for (let offset = 0; offset < size; ) {
    const slice = await readSlice(file, offset, size);
    counts.push(slice.events.length);
    offset = slice.offset;
  }
  expect(counts.slice(0, 2)).toEqual([500, 500]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(1241);
  expect(counts.at(-1)).toBe(1);
});

test('a torn tail is told from what is whole before it, wherever it was torn', async () => {
  const { path, journal } = await write();
  journal.append(record('whole'));
  await journal.written();
  const whole = journal.durable;
  journal.append(record('torn'));
  await journal.close();
  for (let size = journal.size - 1; size > whole; size--) {
    await truncate(path, size);
    const { file } = await reading(path);
    expect(await readAll(file, size)).toEqual({
      events: [log('whole')],
      lost: [{ from: whole, bytes: size - whole, kind: 'torn' }],
    });
    expect(await readExit(file, size)).toBeUndefined();
  }
});

test('every flipped bit is noticed', async () => {
  const { path, journal } = await write();
  journal.append(record('a'));
  journal.append({ kind: 'exit', exit: { kind: 'ended-by-us' } });
  await journal.close();
  const bytes = await readFile(path);
  for (let index = 0; index < bytes.length; index++) {
    const flipped = Buffer.from(bytes);
    flipped[index] = (flipped[index] ?? 0) ^ 0x04;
    await writeFile(path, flipped);
    const { file, size } = await reading(path);
    const { lost } = await readAll(file, size);
    expect(lost, `byte ${index}`).toHaveLength(1);
  }
});

test('bytes without a line end are damage, not an endless wait', async () => {
  const { path, journal } = await write();
  await journal.close();
  await appendFile(path, Buffer.alloc(5 * 1024 * 1024, 0x41));
  const { file, size } = await reading(path);
  expect(await readSlice(file, 0, size)).toEqual({
    events: [],
    offset: size,
    lost: { from: 0, bytes: size, kind: 'torn' },
  });
});

test('a journal is begun once', async () => {
  const { path, journal } = await write();
  await expect(
    createJournal({ path, clock: systemClock, onDurable: () => {}, onTrouble: () => {} }),
  ).rejects.toMatchObject({ code: 'EEXIST' });
  await journal.close();
});

test('a line is checksum, space, JSON', () => {
  const line = encodeRecord({ kind: 'command', id: 'kill' });
  expect(line.toString()).toMatch(/^[0-9a-f]{8} \{"kind":"command","id":"kill"\}\n$/);
  expect(decodeLine(line.subarray(0, -1))).toEqual({ kind: 'command', id: 'kill' });
  for (const text of ['', '12345678', '12345678 ', '00000000 {}', 'zzzzzzzz {"kind":"x"}']) {
    expect(decodeLine(Buffer.from(text))).toBeUndefined();
  }
});

test('an event of another release is told, not lost and not taken for damage', async () => {
  const path = join(await temporaryDirectory(), 'journal.jsonl');
  const line = (value: unknown) => {
    const json = JSON.stringify(value);
    return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
  };
  await writeFile(
    path,
    line({ kind: 'event', at: 5, body: { type: 'telepathy', strength: 9 } }) +
      line({ kind: 'mood', value: 'good' }) +
      line({ kind: 'event', ...log('known') }),
  );
  const { file, size } = await reading(path);
  expect(await readSlice(file, 0, size)).toEqual({
    events: [
      { at: 5, body: { type: 'log', level: 'warn', message: expect.stringContaining('"telepathy"') } },
      log('known'),
    ],
    offset: size,
  });
});
