import type { Clock } from '@agent-harbor/core';
import type { Sink } from './answer.ts';

/** How bytes are written. */
export interface BytesSetting {
  readonly clock: Clock;
  /** A caller is cut when what was written to it has not left for so long. Milliseconds. */
  readonly drainMs: number;
  /** Fires when the caller is gone. */
  readonly signal: AbortSignal;
  /** Whether the caller asked for the head only. */
  readonly isHead: boolean;
  /** Hears of a source that failed in the middle. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Writes bytes as they come, and asks for more when the caller has taken them. A source that fails in the middle, or a
 * caller that reads too slowly, ends the connection without a good end: half a body is never taken for a whole one.
 * Never rejects.
 */
export const writeBytes = async (
  bytes: AsyncIterable<Uint8Array>,
  sink: Sink,
  { clock, drainMs, signal, isHead, onFailure }: BytesSetting,
): Promise<void> => {
  const source = bytes[Symbol.asyncIterator]();
  try {
    while (!isHead && !signal.aborted) {
      const next = await source.next();
      if (next.done === true) break;
      if (!sink.write(next.value) && !(await drainedWithin(sink, clock, drainMs))) {
        sink.cut();
        return;
      }
    }
    sink.end();
  } catch (error) {
    sink.cut();
    if (!signal.aborted) onFailure(error);
  } finally {
    await source.return?.()?.catch(() => undefined);
  }
};

const drainedWithin = (sink: Sink, clock: Clock, ms: number): Promise<boolean> =>
  new Promise((resolve) => {
    const cancel = clock.schedule(ms, () => resolve(false));
    sink.drained().then(() => {
      cancel();
      resolve(true);
    });
  });
