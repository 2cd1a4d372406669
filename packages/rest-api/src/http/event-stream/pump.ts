import {
  type Clock,
  type EventBatch,
  type EventReader,
  type Ids,
  type StreamEnd,
  steady,
} from '@agent-harbor/core';
import type { Sink } from '../answer.ts';
import { type Bell, createBell } from './bell.ts';
import type { Format } from './format.ts';
import type { Streams } from './streams.ts';

/** How much is read, encoded and written at once. */
const batchBytes = 256 * 1024;
const heartbeatMs = 15_000;
const drainMs = 30_000;
const cursorMs = 1_000;

/** What a stream is written with. */
export interface PumpSetting {
  /** What is streamed, by its path: the jitter of one stream does not depend on how many others there are. */
  readonly path: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly streams: Streams;
  /** Fires when the caller is gone. */
  readonly signal: AbortSignal;
  /** Written before the first event. */
  readonly head: string;
  /** Hears of a reader that failed in the middle. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Writes what a reader gives until the stream is over: its end, a rotation after 5–10 minutes, a shutdown, or a caller
 * who is gone or reads too slowly. It reads on only when the caller has taken what was written, so a slow caller
 * costs one batch. Never rejects; says why the stream was over.
 */
export const pump = async (
  reader: EventReader,
  sink: Sink,
  format: Format,
  setting: PumpSetting,
): Promise<StreamEnd> => {
  const { streams, signal } = setting;
  const bell = createBell();
  const leave = streams.enter(bell.ring);
  signal.addEventListener('abort', bell.ring);
  try {
    const lastWords = await writeEvents(reader, sink, format, setting, bell);
    if (lastWords !== '') sink.write(lastWords);
    sink.end();
    return signal.aborted ? 'left' : streams.isStopping ? 'stopped' : reader.ended ? 'ended' : 'rotated';
  } catch (error) {
    if (error instanceof Lagging) {
      sink.cut();
      return 'cut';
    }
    setting.onFailure(error);
    // A problem cannot be told in the middle of a stream; the caller comes back and goes on where it stands.
    sink.end();
    return 'failed';
  } finally {
    signal.removeEventListener('abort', bell.ring);
    leave();
  }
};

/** Writes until the stream is over, and gives its last words: after them nobody waits for the caller any more. */
const writeEvents = async (
  reader: EventReader,
  sink: Sink,
  format: Format,
  setting: PumpSetting,
  bell: Bell,
): Promise<string> => {
  const { path, ids, streams, signal } = setting;
  const clock = steady(setting.clock);
  const startedAt = clock.now();
  const rotateAt = format.isResumable
    ? startedAt + 300_000 + Math.round(ids.random(`stream rotation ${path}`) * 300_000)
    : Number.POSITIVE_INFINITY;
  let heartbeatAt = startedAt + heartbeatMs;
  let cursorAt = startedAt + cursorMs;
  /** Where the reader stood after the last batch that was written, and the id the caller resumes from. */
  let reached = reader.cursor;
  let shown = reached;

  const retry = () => format.retry(1_000 + Math.round(ids.random(`stream retry ${path}`) * 2_000));
  const place = (cursor: string) => (cursor === shown ? '' : format.cursor(cursor));
  const write = async (text: string): Promise<void> => {
    heartbeatAt = clock.now() + heartbeatMs;
    if (text !== '' && !sink.write(text)) await waitForDrain(sink, setting);
  };

  await write(retry() + setting.head);
  const next = createAhead(reader, bell);
  while (!signal.aborted) {
    const now = clock.now();
    if (now >= rotateAt || streams.isStopping) return place(reached) + retry();
    const read = next();
    if (read !== undefined) {
      const { batch } = read;
      if (batch === undefined) return place(reader.cursor);
      const text = format.batch(batch, reader);
      reached = batch.cursor;
      if (text !== '') shown = lastId(batch, reader);
      await write(text);
      continue;
    }
    if (shown !== reached && now >= cursorAt) {
      const text = place(reached);
      shown = reached;
      cursorAt = now + cursorMs;
      await write(text);
      continue;
    }
    if (now >= heartbeatAt) {
      await write(format.heartbeat);
      continue;
    }
    await bell.wait(clock, Math.min(rotateAt, heartbeatAt, shown === reached ? rotateAt : cursorAt));
  }
  return '';
};

const lastId = (batch: EventBatch, reader: EventReader): string => {
  const last = batch.events.at(-1);
  return last === undefined ? batch.cursor : reader.idOf(last);
};

type Read = { readonly batch: EventBatch | undefined };

/** One read at a time: asks the reader when nothing is asked yet, gives what came, and rings when something did. */
const createAhead = (reader: EventReader, bell: Bell): (() => Read | undefined) => {
  let asked = false;
  let came: Read | { readonly error: unknown } | undefined;
  const settle = (result: Read | { readonly error: unknown }) => {
    came = result;
    bell.ring();
  };
  return () => {
    if (came !== undefined) {
      const result = came;
      came = undefined;
      asked = false;
      if ('error' in result) throw result.error;
      return result;
    }
    if (!asked) {
      asked = true;
      reader.next(batchBytes).then(
        (batch) => settle({ batch }),
        (error: unknown) => settle({ error }),
      );
    }
    return undefined;
  };
};

/** Thrown when a caller does not read. */
class Lagging extends Error {}

/** Waits until what was written has left. A caller who is gone, and a shutdown, end the wait without judgement. */
const waitForDrain = async (sink: Sink, { streams, signal, ...setting }: PumpSetting): Promise<void> => {
  const clock = steady(setting.clock);
  const bell = createBell();
  const leave = streams.enter(bell.ring);
  signal.addEventListener('abort', bell.ring);
  let hasDrained = streams.isStopping || signal.aborted;
  if (!hasDrained) {
    sink.drained().then(() => {
      hasDrained = true;
      bell.ring();
    }, bell.ring);
    await bell.wait(clock, clock.now() + drainMs);
  }
  signal.removeEventListener('abort', bell.ring);
  leave();
  if (!hasDrained && !signal.aborted && !streams.isStopping) throw new Lagging();
};
