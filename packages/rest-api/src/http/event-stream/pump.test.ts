import type { EventBatch, EventReader, Look, StoredEvent } from '@agent-harbor/core';
import { createSeededIds } from '@agent-harbor/core';
import { describe, expect, it } from 'vitest';
import { createManualClock, settle } from '../../testing/manual-clock.ts';
import type { Sink } from '../answer.ts';
import { formats } from './format.ts';
import { pump, usualPatience } from './pump.ts';
import { createStreams } from './streams.ts';

const event = (seq: number): StoredEvent => ({
  sessionId: 'S',
  seq,
  position: seq,
  type: 'log',
  level: 'info',
  at: 0,
  json: `{"seq":${seq}}`,
});

/** A reader that gives what a test pushes, and a caller that reads as fast as the test lets it. */
const open = (
  format: 'event-stream' | 'log-lines' = 'event-stream',
  { path = '/events', ids = createSeededIds('pump'), looks = 'at once' } = {},
) => {
  const clock = createManualClock();
  const streams = createStreams();
  const caller = new AbortController();
  const queue: (EventBatch | undefined | Error)[] = [];
  let wake: (() => void) | undefined;
  let reads = 0;
  const found = (): Look => {
    if (queue.length === 0) return 'waiting';
    reads++;
    const next = queue.shift();
    if (next instanceof Error) throw next;
    if (next !== undefined) reader.cursor = next.cursor;
    return next ?? 'over';
  };
  const reader = {
    ended: false,
    cursor: 'e-0',
    idOf: ({ seq }: StoredEvent) => `e-${seq}`,
    idAt: (number: number) => `e-${number}`,
    look: () => (looks === 'at once' ? found() : Promise.resolve().then(found)),
    watch(look) {
      wake = look;
      return () => {
        wake = undefined;
      };
    },
    next: () => Promise.reject(new Error('a stream looks')),
  } satisfies EventReader & { cursor: string };

  const raw: unknown[] = [];
  const written: string[] = [];
  let isFull = false;
  let drain = () => {};
  let ending: 'ended' | 'left' | 'cut' | undefined;
  const sink: Sink = {
    write(text) {
      if (text instanceof Uint8Array) throw new Error('an event stream is text');
      raw.push(text);
      written.push(typeof text === 'string' ? text : text.text);
      return !isFull;
    },
    drained: () =>
      new Promise((resolve) => {
        drain = resolve;
      }),
    end: () => {
      ending = 'ended';
    },
    leave: () => {
      ending = 'left';
    },
    cut: () => {
      ending = 'cut';
    },
    breakOff: () => {
      ending = 'cut';
    },
  };
  const failures: unknown[] = [];
  const done = pump(reader, sink, formats[format], {
    path,
    clock,
    ids,
    streams,
    patience: usualPatience,
    signal: caller.signal,
    head: '',
    onFailure: (error) => failures.push(error),
  });
  return {
    clock,
    streams,
    caller,
    raw,
    written,
    failures,
    done,
    reads: () => reads,
    ending: () => ending,
    fill: (full: boolean) => {
      isFull = full;
    },
    drain: () => drain(),
    async push(...batches: (EventBatch | undefined | Error)[]) {
      queue.push(...batches);
      wake?.();
      await settle();
    },
  };
};

const events = (...seqs: number[]): EventBatch => ({
  events: seqs.map(event),
  cursor: `e-${seqs.at(-1)}`,
});
const nothing = (cursor: string): EventBatch => ({ events: [], cursor });
const frame = (seq: number) => `id: e-${seq}\ndata: {"seq":${seq}}\n\n`;

describe('an event stream', () => {
  it('is jittered by itself, whatever other streams there are', async () => {
    const retries = async (...paths: string[]) => {
      const ids = createSeededIds('pump');
      const streams = paths.map((path) => open('event-stream', { path, ids }));
      await settle();
      return streams.map(({ written }) => written[0]);
    };
    const [one, again] = await retries('/one', '/one');
    expect(await retries('/other', '/one', '/third', '/one')).toEqual([
      expect.anything(),
      one,
      expect.anything(),
      again,
    ]);
    expect(again).not.toBe(one);
  });

  it('begins with the time to come back, and gives a batch in one write', async () => {
    const stream = open();
    await stream.push(events(1, 2), events(3));
    expect(stream.written[0]).toMatch(/^retry: [12]\d{3}\n\n$/);
    expect(stream.written.slice(1)).toEqual([frame(1) + frame(2), frame(3)]);
  });

  it('ends when its reader ends', async () => {
    const stream = open();
    await stream.push(events(1), undefined);
    await stream.done;
    expect(stream.ending()).toBe('ended');
    expect(stream.written.at(-1)).toBe(frame(1));
  });

  it('says that history is gone, with the id to go on from', async () => {
    const stream = open();
    const resync = { type: 'resync', oldest: 'e-7', epoch: 'e', reason: 'pruned' } as const;
    await stream.push({ events: [], cursor: 'e-6', resync }, events(7));
    expect(stream.written.slice(1)).toEqual([`id: e-6\ndata: ${JSON.stringify(resync)}\n\n`, frame(7)]);
  });

  it('is kept alive every 15 s of silence, and not otherwise', async () => {
    const stream = open();
    await stream.clock.advance(14_000);
    await stream.push(events(1));
    await stream.clock.advance(14_000);
    expect(stream.written.slice(1)).toEqual([frame(1)]);
    await stream.clock.advance(1_000);
    expect(stream.written.slice(2)).toEqual([':\n\n']);
    await stream.clock.advance(30_000);
    expect(stream.written.slice(2)).toEqual([':\n\n', ':\n\n', ':\n\n']);
  });

  it('moves the cursor over what was left out, at most once a second', async () => {
    const stream = open();
    await stream.push(nothing('e-5'), nothing('e-6'));
    expect(stream.written).toHaveLength(1);
    await stream.clock.advance(1_000);
    expect(stream.written.slice(1)).toEqual(['event: cursor\nid: e-6\ndata: {}\n\n']);
    await stream.push(nothing('e-7'), nothing('e-8'));
    await stream.clock.advance(999);
    expect(stream.written).toHaveLength(2);
    await stream.clock.advance(1);
    expect(stream.written.slice(2)).toEqual(['event: cursor\nid: e-8\ndata: {}\n\n']);
    await stream.push(events(9));
    await stream.clock.advance(5_000);
    expect(stream.written.slice(3)).toEqual([frame(9)]);
  });

  it('tells the place before it ends, so that a reconnect finds nothing left', async () => {
    const stream = open();
    await stream.push({ events: [event(1)], cursor: 'e-4' }, undefined);
    await stream.done;
    expect(stream.written.slice(1)).toEqual([frame(1), 'event: cursor\nid: e-4\ndata: {}\n\n']);
  });

  it('never moves the cursor over an event that was not written', async () => {
    const stream = open();
    await stream.push(nothing('e-3'));
    stream.fill(true);
    await stream.push(events(4));
    await stream.push(events(5));
    await stream.clock.advance(1_500);
    expect(stream.written.slice(1)).toEqual([frame(4)]);
    stream.fill(false);
    stream.drain();
    await settle();
    expect(stream.written.slice(1)).toEqual([frame(4), frame(5)]);
  });

  it('reads on only when the caller has taken what was written', async () => {
    const stream = open();
    stream.fill(true);
    await stream.push(events(1), events(2));
    const before = stream.reads();
    await stream.clock.advance(10_000);
    expect(stream.reads()).toBe(before);
    expect(stream.written.slice(1)).toEqual([frame(1)]);
    stream.drain();
    await settle();
    expect(stream.written.slice(1)).toEqual([frame(1), frame(2)]);
  });

  it('is cut when a write does not leave for 30 s', async () => {
    const stream = open();
    stream.fill(true);
    await stream.push(events(1));
    await stream.clock.advance(29_999);
    expect(stream.ending()).toBeUndefined();
    await stream.clock.advance(1);
    await stream.done;
    expect(stream.ending()).toBe('cut');
    expect(stream.failures).toEqual([]);
  });

  it('is ended after 5 to 10 minutes, with a time to come back', async () => {
    const stream = open();
    await stream.clock.advance(299_999);
    expect(stream.ending()).toBeUndefined();
    await stream.clock.advance(300_002);
    await stream.done;
    expect(stream.ending()).toBe('left');
    expect(stream.written.at(-1)).toMatch(/^retry: \d{4}\n\n$/);
  });

  it('is not ended by time when its reader could not go on', async () => {
    const stream = open('log-lines');
    await stream.clock.advance(3_600_000);
    expect(stream.ending()).toBeUndefined();
    expect(stream.written).toEqual([]);
  });

  it('is ended at a shutdown, also while the caller does not read', async () => {
    for (const full of [false, true]) {
      const stream = open();
      stream.fill(full);
      await stream.push(events(1));
      await Promise.all([stream.streams.stop(), stream.done]);
      expect(stream.ending()).toBe('ended');
      expect(stream.written.at(-1)).toMatch(/^retry: \d{4}\n\n$/);
    }
  });

  it('is ended at once when the server is already stopping', async () => {
    const stream = open();
    await stream.streams.stop();
    await stream.done;
    expect(stream.ending()).toBe('ended');
  });

  it('is the same when its reader has to ask the store', async () => {
    const stream = open('event-stream', { looks: 'later' });
    await stream.push(events(1, 2), nothing('e-3'), events(4));
    expect(stream.written.slice(1)).toEqual([frame(1) + frame(2), frame(4)]);
    // What comes while a look is under way is looked for once more.
    const pushed = stream.push(events(5));
    await stream.push(events(6), undefined);
    await Promise.all([pushed, stream.done]);
    expect(stream.written.slice(3)).toEqual([frame(5), frame(6)]);
    const failing = open('event-stream', { looks: 'later' });
    await failing.push(new Error('the disk is gone'));
    await failing.done;
    expect(failing.failures).toHaveLength(1);
  });

  it('writes what readers share from one text', async () => {
    const batch = events(1);
    const texts = new Set<unknown>();
    for (let reader = 0; reader < 3; reader++) {
      const stream = open();
      await stream.push(batch);
      texts.add(stream.raw.at(-1));
    }
    expect(texts.size).toBe(1);
  });

  it('writes pages of lines as the events they hold', async () => {
    const stream = open();
    const lines = { first: 4, count: 2, text: '{"seq":4}\n{"seq":5}' };
    await stream.push({ events: [], lines, cursor: 'e-5' }, events(6));
    await stream.clock.advance(5_000);
    expect(stream.written.slice(1)).toEqual([frame(4) + frame(5), frame(6)]);
  });

  it('stops when the caller is gone', async () => {
    for (const full of [false, true]) {
      const stream = open();
      stream.fill(full);
      await stream.push(events(1));
      stream.caller.abort();
      await stream.done;
      expect(stream.failures).toEqual([]);
      expect(stream.written.slice(1)).toEqual([frame(1)]);
    }
  });

  it('ends when its reader fails, and says so to the server only', async () => {
    const stream = open();
    const error = new Error('the disk is gone');
    await stream.push(events(1), error);
    await stream.done;
    expect(stream.failures).toEqual([error]);
    expect(stream.ending()).toBe('ended');
    expect(stream.written.join('')).not.toContain('disk');
  });
});
