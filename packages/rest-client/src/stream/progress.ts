import type { StreamItem } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import type { ReplyReader } from '../replies.ts';
import type { Frame } from './frames.ts';

/** How far a stream has been handed out, over all its connections. */
export interface Progress {
  /** The id to resume after. */
  readonly cursor: string | undefined;
  /** How many items were handed out. */
  readonly taken: number;
  /** Whether the last status of the one session said that it has ended. */
  readonly sessionEnded: boolean;
  /** What a frame gives its reader; undefined when it only moves the cursor. */
  take(frame: Frame, reader: ReplyReader): StreamItem | undefined;
}

const terminal: ReadonlySet<unknown> = new Set(['stopped', 'completed', 'failed', 'cancelled']);

export const createProgress = (after: string | undefined, ofOneSession: boolean): Progress => {
  let cursor = after;
  let taken = 0;
  let lastSeq = 0;
  let sessionEnded = false;
  return {
    get cursor() {
      return cursor;
    },
    get taken() {
      return taken;
    },
    get sessionEnded() {
      return sessionEnded;
    },
    take(frame, reader) {
      // Moved before the event is handed out: whatever happens then, it does not come again.
      if (frame.id !== undefined && frame.id !== '') cursor = frame.id;
      // `cursor` frames move the cursor of a filtered stream; other names belong to newer servers.
      if (frame.event !== undefined && frame.event !== 'message') return undefined;
      const event = reader.event(parse(frame.data));
      if (event.type === 'resync') {
        lastSeq = 0;
      } else if (ofOneSession && 'seq' in event && typeof event.seq === 'number') {
        // A server that repeats itself after a reconnect is not believed.
        if (event.seq <= lastSeq) return undefined;
        lastSeq = event.seq;
      }
      if (ofOneSession && event.type === 'status' && 'status' in event)
        sessionEnded = terminal.has(event.status);
      taken += 1;
      return { id: cursor ?? '', event };
    },
  };
};

const parse = (data: string): unknown => {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (cause) {
    throw new Problem('internal', { detail: 'The server sent an event that is not JSON.', cause });
  }
  if (typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string')
    return value;
  throw new Problem('internal', { detail: 'The server sent an event without a type.' });
};
