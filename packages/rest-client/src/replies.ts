import type { Body, RouteName } from './routes/contract.ts';
import type { StreamedEvent } from './stream/event-stream.ts';

/**
 * Reads what came over the wire as what the contract says it is. Members and events of newer servers pass untouched.
 * Throws a `Problem` when the answer breaks the contract.
 */
export interface ReplyReader {
  /** The body of a successful answer to a route. */
  reply<Name extends RouteName>(route: Name, status: number, body: unknown): Body<Name>;
  /** The data of one frame of a stream. */
  event(value: unknown): StreamedEvent;
}

/**
 * Takes the server at its word: no schema is loaded, which is what keeps browsers light. The `./validation` door has
 * the reader that checks.
 */
export const trustingReader: ReplyReader = {
  reply: (_route, _status, body) => body as never,
  event: (value) => value as StreamedEvent,
};
