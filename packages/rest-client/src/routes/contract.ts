import type { Contract } from '@agent-harbor/api-contract';
import type { CallOptions } from '@agent-harbor/core';
import type { z } from 'zod';
import type { EventStream } from '../stream/event-stream.ts';

/** The routes of a group that answer programs: pages for people and numbers for scrapers are none of them. */
type Called<Group> = {
  [Leaf in keyof Group & string]: Group[Leaf] extends {
    responses: { 200: { contentType: string; body: z.ZodString } };
  }
    ? never
    : Leaf;
}[keyof Group & string];
type RouteNames = {
  [Group in keyof Contract & string]: `${Group}.${Called<Contract[Group]>}`;
};

/** The place of a route in the contract, as `sessions.get`. */
export type RouteName = RouteNames[keyof RouteNames];

/** The contract's route behind a name. */
type RouteOf<Name extends RouteName> =
  Name extends `${infer Group extends keyof Contract & string}.${infer Leaf}`
    ? Leaf extends keyof Contract[Group]
      ? Contract[Group][Leaf]
      : never
    : never;

/** The parameters of a path, in its order. */
type Parameters<Path> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${string}/${infer More}`
    ? [string, ...Parameters<`/${More}`>]
    : [string]
  : [];

type BodyOf<Response> = Response extends z.ZodTypeAny ? z.infer<Response> : never;
type AnswerOf<Responses> = BodyOf<Responses[keyof Responses & (200 | 201 | 202)]>;

/** Whether a route answers with bytes, of any length. */
type GivesBytes<Name extends RouteName> =
  RouteOf<Name> extends { responses: { 200: { contentType: string } } } ? true : false;

/** What a route answers when it succeeds; undefined where it says nothing. Bytes can be read once, as they come. */
export type Body<Name extends RouteName> =
  GivesBytes<Name> extends true
    ? AsyncIterable<Uint8Array>
    : RouteOf<Name> extends { responses: infer Responses }
      ? [AnswerOf<Responses>] extends [never]
        ? undefined
        : AnswerOf<Responses>
      : never;

/** The JSON a route takes. */
export type Sent<Name extends RouteName> =
  RouteOf<Name> extends { body: infer Schema extends z.ZodTypeAny } ? z.input<Schema> : undefined;

/** A member of a query as it is written in an address, as it is read there, and a boolean for its two words. */
type Member<Written, Read> = Written | Read | ([Read & string] extends ['true' | 'false'] ? boolean : never);
type QueryOf<Name extends RouteName> =
  RouteOf<Name> extends { query: infer Schema extends z.ZodTypeAny }
    ? {
        readonly [Key in keyof z.input<Schema>]?:
          | Member<z.input<Schema>[Key], z.infer<Schema>[Key & keyof z.infer<Schema>]>
          | undefined;
      }
    : Record<never, never>;

type Takes<Name extends RouteName, Header extends string> =
  RouteOf<Name> extends { headers: { shape: infer Shape } }
    ? Header extends keyof Shape
      ? true
      : false
    : false;
type When<Condition, Options> = Condition extends true ? Options : Record<never, never>;

/** What every call takes beside its own. */
export interface RequestOptions extends CallOptions {
  /** How long this call may take with all its repetitions, in milliseconds. */
  readonly timeoutMs?: number | undefined;
}

type Paging = 'page' | 'perPage' | 'cursor' | 'sort';

/** The options of a method: the members of the route's query, and what every call takes. */
export type In<Name extends RouteName> = RequestOptions &
  (Takes<Name, 'last-event-id'> extends true ? Omit<QueryOf<Name>, Paging> : QueryOf<Name>) &
  When<
    Takes<Name, 'idempotency-key'>,
    {
      /** Makes the call repeatable beyond this process; one is made when absent. */
      readonly idempotencyKey?: string | undefined;
    }
  > &
  When<
    Takes<Name, 'last-event-id'>,
    {
      /** The id of the last item that was read: the stream goes on behind it. */
      readonly after?: string | undefined;
    }
  > &
  When<
    Takes<Name, 'if-match'>,
    {
      /** The ETag that was read: rejects with `precondition-failed` when it is not current any more. */
      readonly ifMatch?: string | undefined;
    }
  >;

/** What a method gives: the body of the answer, or the stream. */
export type Out<Name extends RouteName> =
  Takes<Name, 'last-event-id'> extends true ? EventStream : Promise<Body<Name>>;

/** The options of a call that is given its whole answer, a page of the history of a streamed route included. */
type CallInput<Name extends RouteName> = RequestOptions &
  QueryOf<Name> &
  Omit<In<Name>, keyof QueryOf<Name>> &
  When<
    Takes<Name, 'if-none-match'>,
    {
      /** ETags the caller has: the answer is 304 without a body when one is current. */
      readonly ifNoneMatch?: string | undefined;
    }
  >;

type TakesBody<Name extends RouteName> =
  RouteOf<Name> extends { body: infer Schema extends z.ZodTypeAny }
    ? undefined extends z.input<Schema>
      ? [body?: z.input<Schema>]
      : [body: z.input<Schema>]
    : [];

/** What a call of a route is given: the parameters of its path, its body if it takes one, options. */
type Arguments<Name extends RouteName> =
  RouteOf<Name> extends { path: infer Path }
    ? [...Parameters<Path>, ...TakesBody<Name>, options?: CallInput<Name>]
    : never;

/** A successful answer. */
export interface Reply<Name extends RouteName> {
  readonly status: number;
  /** Undefined after 304, which only `ifNoneMatch` asks for. */
  readonly body: Body<Name> | (Takes<Name, 'if-none-match'> extends true ? undefined : never);
  /** The version of what was read, for `ifMatch` and `ifNoneMatch`. */
  readonly etag: string | null;
}

/** Calls a route by its name and gives the whole answer. Every failure is a rejection with a `Problem`. */
export type Caller = <Name extends RouteName>(route: Name, ...input: Arguments<Name>) => Promise<Reply<Name>>;
