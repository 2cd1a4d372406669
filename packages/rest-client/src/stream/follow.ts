import type { StreamItem } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import { type Backoff, jittered, pause } from '../backoff.ts';
import { problemOf } from '../problem-response.ts';
import type { ReplyReader } from '../replies.ts';
import type { TransportResponse } from '../transport.ts';
import { createGuard, type Guard, type Wire } from '../wire.ts';
import { createFrameParser, type Frame, type FrameParser } from './frames.ts';
import { createProgress, type Progress } from './progress.ts';

export interface StreamPolicy {
  /** How long a server may take to answer, in milliseconds. */
  readonly timeoutMs: number;
  /** After how many milliseconds without a byte a connection counts as dead; heartbeats come every 15 s. */
  readonly idleMs: number;
  readonly backoff: Backoff;
}

export interface StreamRequest {
  /** Path and query of the stream. */
  readonly path: string;
  readonly after: string | undefined;
  /** Whether it is one session's: then it is over when the session is. */
  readonly ofOneSession: boolean;
  readonly signal: AbortSignal | undefined;
}

/** How a connection came to its end. */
type Ending =
  /** There is nothing more to come. */
  | { readonly kind: 'over' }
  /** The server ended it and said when to come back. */
  | { readonly kind: 'rotated'; readonly retryMs: number | undefined }
  /** It broke, or was not made; `received` tells whether bytes came before. */
  | { readonly kind: 'broken'; readonly received: boolean; readonly retryAfterMs: number };

/** A connection that gives events. */
interface Connection {
  readonly guard: Guard;
  readonly chunks: AsyncIterator<string>;
  readonly parser: FrameParser;
  received: boolean;
}

/**
 * Follows a stream over as many connections as it takes. Each goes on after the last event that was handed out, so
 * every event comes once and in order, however often the connection breaks. Ends when the server says that nothing is
 * left, or the signal fires; rejects only with what no further attempt can heal.
 */
export const follow = (
  wire: Wire,
  policy: StreamPolicy,
  reader: ReplyReader,
  request: StreamRequest,
): AsyncIterableIterator<StreamItem> => new Follower(wire, policy, reader, request);

/** Written by hand: nested generators would take a third of the time that parsing an event does. */
class Follower implements AsyncIterableIterator<StreamItem> {
  private readonly wire: Wire;
  private readonly policy: StreamPolicy;
  private readonly reader: ReplyReader;
  private readonly request: StreamRequest;
  private readonly progress: Progress;
  private connection: Connection | undefined;
  /** What came last, and how much of it was looked at. */
  private frames: readonly Frame[] = [];
  private looked = 0;
  /** How many connections in a row brought nothing. */
  private failures = 0;
  /** How much had been handed out when the connection was made. */
  private before = 0;
  private over = false;
  /** Those who ask without waiting for what they asked before are served in turn. */
  private turn: Promise<unknown> | undefined;

  constructor(wire: Wire, policy: StreamPolicy, reader: ReplyReader, request: StreamRequest) {
    this.wire = wire;
    this.policy = policy;
    this.reader = reader;
    this.request = request;
    this.progress = createProgress(request.after, request.ofOneSession);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<StreamItem>> {
    if (this.turn === undefined && this.looked < this.frames.length) {
      try {
        const item = this.handOut();
        if (item !== undefined) return Promise.resolve({ done: false, value: item });
      } catch (error) {
        return this.fail(error);
      }
    }
    const result = (this.turn ?? Promise.resolve()).then(() => this.advance());
    const turn: Promise<unknown> = result.then(
      () => this.pass(turn),
      () => this.pass(turn),
    );
    this.turn = turn;
    return result;
  }

  /** The consumer leaves: closes the connection. */
  async return(): Promise<IteratorResult<StreamItem>> {
    await this.finish();
    return ended;
  }

  private pass(turn: Promise<unknown>): void {
    if (this.turn === turn) this.turn = undefined;
  }

  /** The next event of what has come; undefined when there is none. */
  private handOut(): StreamItem | undefined {
    const { frames, progress, reader, connection } = this;
    while (this.looked < frames.length) {
      if (connection?.guard.signal.aborted) throw connection.guard.explain(undefined);
      const frame = frames[this.looked++];
      const item = frame === undefined ? undefined : progress.take(frame, reader);
      if (item !== undefined) return item;
    }
    return undefined;
  }

  private async advance(): Promise<IteratorResult<StreamItem>> {
    try {
      for (;;) {
        if (this.over) return ended;
        const item = this.handOut();
        if (item !== undefined) return { done: false, value: item };
        const ending = await (this.connection === undefined ? this.connect() : this.read(this.connection));
        if (ending !== undefined) await this.comeBack(ending);
      }
    } catch (error) {
      return this.fail(error);
    }
  }

  private async fail(error: unknown): Promise<IteratorResult<StreamItem>> {
    const left = this.over;
    const problem = this.connection?.guard.explain(error) ?? error;
    await this.finish();
    if (left || this.request.signal?.aborted) return ended;
    throw problem;
  }

  private async finish(): Promise<void> {
    this.over = true;
    this.frames = [];
    this.looked = 0;
    await this.disconnect();
  }

  private async disconnect(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    connection?.guard.release();
    await connection?.chunks.return?.().catch(() => undefined);
  }

  /** Opens the stream after what was handed out; undefined when it is open. */
  private async connect(): Promise<Ending | undefined> {
    const { wire, policy, request, progress } = this;
    if (request.signal?.aborted) return { kind: 'over' };
    this.before = progress.taken;
    const guard = createGuard(wire, request.signal);
    guard.within(policy.timeoutMs);
    try {
      const response = await wire.send({
        method: 'GET',
        path: request.path,
        headers: {
          accept: 'text/event-stream',
          ...(progress.cursor === undefined ? {} : { 'last-event-id': progress.cursor }),
        },
        signal: guard.signal,
      });
      const refusal =
        response.status === 204 ? await nothingLeft(response) : await refusalOf(response, request, wire);
      if (refusal !== undefined) {
        guard.release();
        return refusal;
      }
      const chunks = response.chunks()[Symbol.asyncIterator]();
      this.connection = { guard, chunks, parser: createFrameParser(), received: false };
      if (this.over) await this.disconnect();
      return undefined;
    } catch (error) {
      guard.release();
      return broken(guard.explain(error), false);
    }
  }

  /** What comes next on the connection, or how it ended. */
  private async read(connection: Connection): Promise<Ending | undefined> {
    const { guard, chunks, parser } = connection;
    const { idleMs } = this.policy;
    guard.within(idleMs, `nothing came for ${idleMs / 1000} s`);
    let chunk: IteratorResult<string>;
    try {
      chunk = await chunks.next();
    } catch (error) {
      return broken(guard.explain(error), connection.received);
    }
    // A consumer may take as long as it likes.
    guard.within(undefined);
    if (chunk.done) return { kind: 'rotated', retryMs: parser.retryMs };
    connection.received = true;
    this.frames = parser.feed(chunk.value);
    this.looked = 0;
    return undefined;
  }

  /** After a connection has ended: waits for the next one, or lets it be. */
  private async comeBack(ending: Ending): Promise<void> {
    const { progress, policy, request, wire } = this;
    await this.disconnect();
    if (ending.kind === 'over' || request.signal?.aborted) return this.finish();
    const fruitless = ending.kind === 'broken' && !ending.received;
    // Once the session has ended, one more connection is made to hear that nothing is left. If it brings nothing, be
    // it that the server has gone too, that is the same answer.
    if (progress.sessionEnded && (fruitless || progress.taken === this.before)) return this.finish();
    this.failures = fruitless ? this.failures + 1 : 0;
    const wait = waitAfter(ending, this.failures, policy, progress, wire.random);
    await pause(wire.clock, wait, request.signal, wire.closing);
  }
}

const ended: IteratorResult<StreamItem> = { done: true, value: undefined };

/** Milliseconds until the next connection. */
const waitAfter = (
  ending: Exclude<Ending, { kind: 'over' }>,
  failures: number,
  policy: StreamPolicy,
  progress: Progress,
  random: () => number,
): number => {
  if (progress.sessionEnded) return 0;
  // The server spreads the return of its readers itself.
  if (ending.kind === 'rotated' && ending.retryMs !== undefined) return ending.retryMs;
  const floor = ending.kind === 'broken' ? ending.retryAfterMs : 0;
  return floor + jittered(policy.backoff, failures, random);
};

const nothingLeft = async (response: TransportResponse): Promise<Ending> => {
  await response.discard();
  return { kind: 'over' };
};

/** A broken connection heals; everything else ends the stream. */
const broken = (problem: Problem, received: boolean): Ending => {
  if (problem.code !== 'connection-failed') throw problem;
  return { kind: 'broken', received, retryAfterMs: 0 };
};

/** Undefined for a stream; else how to go on, or a throw where trying again gives the same. */
const refusalOf = async (
  response: TransportResponse,
  request: StreamRequest,
  wire: Wire,
): Promise<Ending | undefined> => {
  const { status } = response;
  const where = `GET ${wire.base}${request.path}`;
  if (status === 200) {
    if (response.header('content-type')?.startsWith('text/event-stream')) return undefined;
    await response.discard();
    throw new Problem('internal', { detail: `${where} was not answered with an event stream.` });
  }
  const problem = await problemOf(response, where, wire.clock.now());
  const heals = status >= 500 || status === 408 || status === 425 || status === 429;
  if (!heals) throw problem;
  return { kind: 'broken', received: false, retryAfterMs: (problem.retryAfterSeconds ?? 0) * 1000 };
};
