import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewEvent } from '@agent-harbor/core';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { seed } from '../testing/random.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import type { LostStretch } from './lost-stretch.ts';
import { readSlice } from './reader.ts';
import { encodeRecord, type JournalRecord } from './record.ts';

vi.setConfig({ testTimeout: 60_000 });

/** What an agent may say to be taken for a record of its own making. */
const forged = encodeRecord({ kind: 'exit', exit: { kind: 'ended-by-us' } }).toString();

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(forged, `\n${forged}`, '\n', '\u0000\u0000', '12345678 {"', 'x'.repeat(3000)),
);
const recordOf = (message: string, index: number): JournalRecord =>
  index % 7 === 3
    ? { kind: 'command', id: message.slice(0, 9) }
    : { kind: 'event', at: index, body: { type: 'log', level: 'info', message: message.toWellFormed() } };

/** A place as a part of the whole, so that it can be drawn before the journal is known. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const harm = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ kind: fc.constant('zeros' as const), at: place, bytes: fc.integer({ min: 1, max: 4000 }) }),
);

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly record: JournalRecord;
}

const lay = (messages: readonly string[]): { readonly bytes: Buffer; readonly pieces: readonly Piece[] } => {
  let start = 0;
  const lines = messages.map((message, index) => ({ record: recordOf(message, index) }));
  const encoded = lines.map(({ record }) => encodeRecord(record));
  const pieces = lines.map(({ record }, index) => {
    const piece = { start, end: start + (encoded[index]?.length ?? 0), record };
    start = piece.end;
    return piece;
  });
  return { bytes: Buffer.concat(encoded), pieces };
};

/** The records nothing was done to, and the stretches between them. */
const judge = (pieces: readonly Piece[], original: Buffer, harmed: Buffer) => {
  const whole = pieces.filter(
    ({ start, end }) =>
      end <= harmed.length && original.subarray(start, end).equals(harmed.subarray(start, end)),
  );
  const lost: LostStretch[] = [];
  let reached = 0;
  for (const { start, end } of [...whole, { start: harmed.length, end: harmed.length }]) {
    const isTorn = start === harmed.length && harmed.at(-1) !== 0x0a;
    if (start > reached)
      lost.push({ from: reached, bytes: start - reached, kind: isTorn ? 'torn' : 'damaged' });
    reached = end;
  }
  const events = whole.flatMap(({ record }): NewEvent[] =>
    record.kind === 'event' ? [{ at: record.at, body: record.body }] : [],
  );
  return { events, lost };
};

test('whatever is cut and flipped, each whole record is read once, in order, and every loss is told', async () => {
  const path = join(await temporaryDirectory(), 'journal.jsonl');
  const struck = { flips: 0, zeros: 0, cuts: 0, torn: 0, behind: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(words, { minLength: 1, maxLength: 30 }),
      fc.array(harm, { maxLength: 4 }),
      fc.option(place),
      async (messages, harms, cut) => {
        const { bytes, pieces } = lay(messages);
        let harmed: Buffer = Buffer.from(bytes);
        for (const { at, ...what } of harms) {
          const index = Math.floor(at * harmed.length);
          if (what.kind === 'flip') harmed[index] = (harmed[index] ?? 0) ^ (1 << what.bit);
          else harmed.fill(0, index, Math.min(harmed.length, index + what.bytes));
          struck[what.kind === 'flip' ? 'flips' : 'zeros'] += 1;
        }
        if (cut !== null) harmed = harmed.subarray(0, Math.floor(cut * harmed.length));
        struck.cuts += Number(cut !== null);
        const expected = judge(pieces, bytes, harmed);

        await writeFile(path, harmed);
        const file = await open(path, 'r');
        try {
          const events: NewEvent[] = [];
          const lost: LostStretch[] = [];
          for (let offset = 0; offset < harmed.length; ) {
            // Whoever begins anew at an offset that was handed out goes on as if he had never stopped.
            const slice = await readSlice(file, offset, harmed.length);
            expect(slice.offset).toBeGreaterThan(offset);
            events.push(...slice.events);
            if (slice.lost) lost.push(slice.lost);
            offset = slice.offset;
          }
          expect({ events, lost }).toEqual(expected);
          struck.torn += expected.lost.filter(({ kind }) => kind === 'torn').length;
          struck.behind += expected.lost.filter(({ kind }) => kind === 'damaged').length;
        } finally {
          await file.close();
        }
      },
    ),
    { seed, numRuns: 400 },
  );
  for (const [kind, times] of Object.entries(struck)) expect(times, kind).toBeGreaterThan(20);
});

test('while a recorder writes, damage before what is durable costs nothing behind it', async () => {
  const path = join(await temporaryDirectory(), 'journal.jsonl');
  const { bytes, pieces } = lay(Array.from({ length: 200 }, (_, index) => `line ${index}`));
  const struck = pieces.filter((_, index) => index % 13 === 5);
  for (const { start, end } of struck) {
    const middle = Math.floor((start + end) / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 0x10;
  }
  await writeFile(path, bytes);
  const file = await open(path, 'r');
  const told: NewEvent[] = [];
  let lost = 0;
  let offset = 0;
  // The durable size grows record by record, so that each damaged one is the last one there at some time.
  for (const { end } of pieces) {
    while (offset < end) {
      const slice = await readSlice(file, offset, end);
      told.push(...slice.events);
      if (slice.lost) expect(slice.lost.kind).toBe('damaged');
      lost += slice.lost?.bytes ?? 0;
      offset = slice.offset;
    }
  }
  await file.close();
  expect(lost).toBe(struck.reduce((sum, { start, end }) => sum + end - start, 0));
  expect(told).toEqual(
    pieces
      .filter((piece) => !struck.includes(piece))
      .flatMap(({ record }) => (record.kind === 'event' ? [{ at: record.at, body: record.body }] : [])),
  );
});
