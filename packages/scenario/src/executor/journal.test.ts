import type { AgentExit, JournalBatch, NewEvent } from '@agent-harbor/core';
import { describe, expect, it } from 'vitest';
import { createMemoryJournal } from './journal.ts';

const events = (...messages: number[]): NewEvent[] =>
  messages.map((at) => ({ at, body: { type: 'log', level: 'info', message: `${at}` } }));
const exit: AgentExit = { kind: 'exited', code: 0 };
const collect = async (batches: AsyncIterable<JournalBatch>) => {
  const all: JournalBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
};
const times = (batches: readonly JournalBatch[]) =>
  batches.flatMap((batch) => batch.events.map(({ at }) => at));

describe('a journal in memory', () => {
  it('is read from any offset, live, up to the exit', async () => {
    const journal = createMemoryJournal();
    journal.append(events(0, 1));
    const readers = [0, 1, 2, 3].map((after) => collect(journal.read(after)));
    await Promise.resolve();
    journal.append(events(2));
    await Promise.resolve();
    journal.append(events(3, 4));
    journal.end(exit);
    const seen = await Promise.all(readers);
    expect(seen.map(times)).toEqual([
      [0, 1, 2, 3, 4],
      [1, 2, 3, 4],
      [2, 3, 4],
      [3, 4],
    ]);
    for (const batches of seen) {
      expect(batches.at(-1)).toMatchObject({ offset: 5, exit });
      expect(batches.slice(0, -1).every((batch) => batch.exit === undefined)).toBe(true);
    }
  });

  it('gives the exit again at its end, in a batch without events', async () => {
    const journal = createMemoryJournal();
    journal.append(events(0));
    journal.end(exit);
    journal.end({ kind: 'ended-by-us' });
    journal.append(events(1));
    expect(await collect(journal.read(1))).toEqual([{ events: [], offset: 1, exit }]);
    expect(await collect(journal.read(9))).toEqual([{ events: [], offset: 9, exit }]);
  });

  it('comes in batches that are not too large', async () => {
    const journal = createMemoryJournal();
    journal.append(events(...Array.from({ length: 1_200 }, (_, index) => index)));
    journal.end(exit);
    const batches = await collect(journal.read(0));
    expect(batches.map((batch) => [batch.events.length, batch.offset, batch.exit !== undefined])).toEqual([
      [500, 500, false],
      [500, 1_000, false],
      [200, 1_200, true],
    ]);
  });

  it('lets a reader go by its signal, without a last word', async () => {
    const journal = createMemoryJournal();
    journal.append(events(0));
    const leave = new AbortController();
    const reading = collect(journal.read(0, leave.signal));
    await Promise.resolve();
    leave.abort();
    expect(times(await reading)).toEqual([0]);
    expect(await collect(journal.read(0, AbortSignal.abort()))).toEqual([]);
  });
});
