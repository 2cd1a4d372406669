import type { EventSourceMessage } from 'eventsource-parser';
import { broken } from '../problem-response.ts';
import type { ReplyReader } from '../replies.ts';
import type { StreamedEvent } from './event-stream.ts';

/** One block of an event stream; `event` is its name, absent on ordinary events. */
export type Frame = Readonly<EventSourceMessage>;

/** How far a stream has been handed out, over all its connections. */
export interface StreamState {
  /** The id to resume after. */
  cursor?: string | undefined;
  /** How many events were handed out. */
  taken: number;
  /** Whether what was handed out last said that its session, terminal or reply has ended. */
  sessionEnded?: boolean;
  /** When this has fired, nothing more is handed out. */
  signal?: AbortSignal | undefined;
}

/** What a frame gives its reader; undefined when it only moves the cursor, or came before. */
export const take = (
  state: StreamState,
  { id = '', event: name, data }: Frame,
  reader: ReplyReader,
): StreamedEvent | undefined => {
  if (state.signal?.aborted) return undefined;
  const isOld = cameBefore(id, state.cursor);
  // Frames of a terminal are `pty`, those of a reply have names of their own; `cursor` frames move the cursor of a filtered
  // stream; other names belong to newer servers.
  const event = /^(pty|(message|content|tool).*)?$/.test(name ?? '') ? reader.event(parse(data)) : undefined;
  // Where history was lost, the count may start again. Any other server that repeats itself is not believed.
  if (isOld && (event?.type !== 'resync' || id === state.cursor)) return undefined;
  // Moved before the event is handed out: whatever happens then, it does not come again.
  state.cursor = id || state.cursor;
  if (event) state.taken += 1;
  if (event?.type === 'status')
    state.sessionEnded = /^(stopped|completed|failed|cancelled)$/.test(`${event.status}`);
  // The last frame of a terminal, and of a reply.
  else if (/_(exit|complete)$/.test(`${event?.type}`)) state.sessionEnded = true;
  return event;
};

/** Ids are `<epoch>-<number>`; within an epoch numbers only grow, and they have no leading zeros. */
const cameBefore = (id: string, cursor = ''): boolean => {
  if (id.length > cursor.length || (id.length === cursor.length && id > cursor)) return false;
  const epoch = cursor.slice(0, cursor.lastIndexOf('-') + 1);
  return epoch !== '' && id.startsWith(epoch);
};

const parse = (data: string): unknown => {
  try {
    const value = JSON.parse(data);
    if (typeof value.type === 'string') return value;
  } catch {
    // Said below.
  }
  throw broken();
};
