import type { Change, EventReader, HarborView } from '@agent-harbor/core';
import type { AppRoute, ServerInferRequest, ServerInferResponses } from '@ts-rest/core';
import type { Service } from '../service.ts';
import type { Preference } from './accept.ts';
import type { Incoming } from './incoming.ts';
import type { RawInput } from './validate.ts';

/** What surrounds a parsed request. */
export interface Surroundings {
  /** The ports, as this caller sees them. */
  readonly view: HarborView;
  /** What the service tells about itself. */
  readonly service: Service;
  /** How much the caller wants a media type. */
  readonly accept: (mediaType: string) => Preference;
  /**
   * The body of what the handler had to say to the same request before, where its route's answers go on: it must have no
   * effect again.
   */
  readonly answered?: unknown;
  /** Fires when the caller is gone, or the answer was sent. */
  readonly signal: AbortSignal;
  /**
   * The options of a port call that must happen once per Idempotency-Key: the reply made of its result is committed
   * in the transaction of its effect.
   */
  effect<Result>(reply: (result: Result) => AnyReply): Effect<Result>;
}

/** Options of a call that changes something. */
export interface Effect<Result> {
  readonly signal: AbortSignal;
  readonly alongside?: (result: Result) => readonly Change[];
  /** Who calls. */
  readonly by: string;
  /** By which work outside the store knows the request again, when it has an Idempotency-Key. */
  readonly commandId?: string;
  /** The place of the request in its trace. */
  readonly traceparent?: string | undefined;
}

/** How an event stream is written. */
export type StreamFormat = 'event-stream' | 'log-lines' | 'terminal' | 'reply';

/** An answer that goes on: what the reader gives, written as it comes. */
export interface StreamReply {
  readonly status: 200;
  readonly stream: EventReader;
  readonly format: StreamFormat;
  /** What is written before the first event. */
  readonly head?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer of another media type than the contract's JSON: one the route's policy names. */
interface TextReply {
  readonly status: 200;
  readonly text: string;
  readonly mediaType: string;
}

/** An answer of bytes, of any length, of the media type the route declares. */
export interface BytesReply {
  readonly status: 200;
  /** They are asked for as the caller takes them; leaving the loop ends what makes them. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** What the caller may save it as: plain characters. */
  readonly filename: string;
}

/** A JSON body that is text already, of the form the route declares: nobody has to read it to send it. */
export interface JsonTextReply {
  readonly status: 200;
  readonly json: string;
}

type Success = 200 | 201 | 202 | 204 | 503;

/** What a handler may return: what its route declares, nothing else. */
type Reply<Route extends AppRoute> =
  | (ServerInferResponses<Route, Success> & { readonly headers?: Readonly<Record<string, string>> })
  | BytesReply
  | JsonTextReply
  | StreamReply
  | TextReply;

/** One route's answer to a parsed request. It parses nothing and renders nothing. */
export type Handler<Route extends AppRoute> = (
  call: ServerInferRequest<Route> & Surroundings,
) => Promise<Reply<Route>>;

/** A call and a reply of no particular route, as the pipeline carries them. */
export interface AnyCall extends Surroundings {
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
}

/**
 * A call whose signal is made when a handler asks for it: one that fires for nobody takes as long as the rest of a small
 * request. A class for the reason that `NodeIncoming` is one; so a copy of its members (`{ ...call }`) lacks the signal.
 */
export class Call implements AnyCall {
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
  readonly view: HarborView;
  readonly service: Service;
  readonly accept: Surroundings['accept'];
  readonly effect: Surroundings['effect'];
  readonly answered: unknown;
  private readonly incoming: Incoming;

  constructor(
    { params, query, headers, body }: RawInput,
    { view, service, accept, effect, answered }: Omit<Surroundings, 'signal'>,
    incoming: Incoming,
  ) {
    this.params = params;
    this.query = query;
    this.headers = headers;
    this.body = body;
    this.view = view;
    this.service = service;
    this.accept = accept;
    this.effect = effect;
    this.answered = answered;
    this.incoming = incoming;
  }

  get signal(): AbortSignal {
    return this.incoming.signal;
  }
}

export type AnyReply = BytesReply | JsonReply | JsonTextReply | StreamReply | TextReply;

export interface JsonReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
