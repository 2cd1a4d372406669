import type { ResyncEvent, SessionEvent, UnknownEvent } from '@agent-harbor/api-contract/schemas';
import type { RouteName } from '../routes/contract.ts';
import type { Wire } from '../wire.ts';
import { connections } from './connections.ts';
import { type Frame, type StreamState, take } from './take.ts';

/** What a stream carries: an event of a session, one of a newer server, or the word that history is gone. */
export type StreamedEvent = SessionEvent | UnknownEvent | ResyncEvent;

/**
 * Items of a stream that resumes by itself, over lost connections, rotations and restarts of the server: each comes
 * exactly once and in order. It ends when the session has ended and everything was told, and without an error when the
 * signal fires or the loop is left. It rejects with what the server says no further attempt can heal
 * (`session-not-found`, `unauthorized`, `invalid-request` for a bad `after`) and with `aborted` when the client is
 * closed, but never because a connection failed.
 */
export interface Stream<Item> extends AsyncIterableIterator<Item, undefined, undefined>, Cursor {}

/** How far a stream was read. */
interface Cursor {
  /** The id of the last item that was handed out: given as `after`, a stream goes on there. */
  readonly cursor: string | undefined;
}

/** The events of one session, or of all of them. */
export type EventStream = Stream<StreamedEvent>;

/** Opens the stream of a route; `pick` makes the items of it. Nothing is sent before the first item is asked for. */
export type StreamOpener = <Item>(
  route: RouteName,
  input: readonly unknown[],
  pick: (event: StreamedEvent, id: string) => Item,
) => Stream<Item>;

/**
 * Hands out, one by one, what `take` makes of the frames that come in batches. Written once as a generator, which is
 * short, and once by hand for Node, which is fast.
 */
export type Flatten = <Item>(
  batches: AsyncGenerator<readonly Frame[], void, undefined>,
  take: (frame: Frame) => Item | undefined,
) => AsyncIterableIterator<Item, undefined, undefined>;

export const createStreamOpener =
  (wire: Wire): StreamOpener =>
  (route, input, pick) => {
    const state: StreamState = { taken: 0 };
    const items = wire.flatten(connections(wire, route, input, state), (frame) => {
      const event = take(state, frame, wire.reader);
      return event && pick(event, state.cursor ?? '');
    });
    const cursor = { get: () => state.cursor };
    return Object.defineProperty(items, 'cursor', cursor) as typeof items & Cursor;
  };

/** The short way to flatten. */
export const flattened: Flatten = async function* <Item>(
  batches: AsyncIterable<readonly Frame[]>,
  take: (frame: Frame) => Item | undefined,
): AsyncGenerator<Item, undefined, undefined> {
  for await (const frames of batches) {
    for (const frame of frames) {
      const item = take(frame);
      if (item) yield item;
    }
  }
  return undefined;
};
