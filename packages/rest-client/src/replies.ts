import type { Contract } from '@agent-harbor/api-contract';
import type { ResyncEvent, SessionEvent, UnknownEvent } from '@agent-harbor/api-contract/schemas';
import type { z } from 'zod';
import type { RouteName } from './routes.ts';

/** The contract's route behind a name of the table. */
type RouteOf<Name extends RouteName> =
  Name extends `${infer Group extends keyof Contract & string}.${infer Leaf}`
    ? Leaf extends keyof Contract[Group]
      ? Contract[Group][Leaf]
      : never
    : never;

type BodyOf<Response> = Response extends z.ZodTypeAny ? z.infer<Response> : never;

/** What a route answers when it succeeds. */
export type ReplyBody<Name extends RouteName> =
  RouteOf<Name> extends { responses: infer Responses }
    ? BodyOf<Responses[keyof Responses & (200 | 201 | 202)]>
    : never;

/** What a stream carries. */
type StreamedEvent = SessionEvent | UnknownEvent | ResyncEvent;

/**
 * Reads what came over the wire as what the contract says it is. Members and events of newer servers pass untouched.
 * Throws a `Problem` when the answer breaks the contract.
 */
export interface ReplyReader {
  reply<Name extends RouteName>(route: Name, status: number, body: unknown): ReplyBody<Name>;
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
