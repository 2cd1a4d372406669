import type { StreamItem } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import { type Backoff, jittered, pause } from '../backoff.ts';
import { problemOf } from '../problem-response.ts';
import type { ReplyReader } from '../replies.ts';
import type { TransportResponse } from '../transport.ts';
import { createGuard, type Guard, type Wire } from '../wire.ts';
import { createFrameParser } from './frames.ts';
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

/**
 * Follows a stream over as many connections as it takes. Each goes on after the last event that was handed out, so
 * every event comes once and in order, however often the connection breaks. Ends when the server says that nothing is
 * left, or the signal fires; rejects only with what no further attempt can heal.
 */
export async function* follow(
  wire: Wire,
  policy: StreamPolicy,
  reader: ReplyReader,
  request: StreamRequest,
): AsyncGenerator<StreamItem, void, undefined> {
  const progress = createProgress(request.after, request.ofOneSession);
  for (let failures = 0; !request.signal?.aborted; ) {
    const before = progress.taken;
    const guard = createGuard(wire, request.signal);
    let ending: Ending;
    try {
      ending = yield* connection(wire, policy, reader, request, guard, progress);
    } catch (error) {
      if (request.signal?.aborted) return;
      throw guard.explain(error);
    } finally {
      guard.release();
    }
    if (ending.kind === 'over' || request.signal?.aborted) return;
    const fruitless = ending.kind === 'broken' && !ending.received;
    // Once the session has ended, one more connection is made to hear that nothing is left. If it brings nothing, be
    // it that the server has gone too, that is the same answer.
    if (progress.sessionEnded && (fruitless || progress.taken === before)) return;
    failures = fruitless ? failures + 1 : 0;
    const wait = waitAfter(ending, failures, policy, progress, wire.random);
    await pause(wire.clock, wait, request.signal, wire.closing);
  }
}

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

async function* connection(
  wire: Wire,
  policy: StreamPolicy,
  reader: ReplyReader,
  request: StreamRequest,
  guard: Guard,
  progress: Progress,
): AsyncGenerator<StreamItem, Ending, undefined> {
  let response: TransportResponse;
  guard.within(policy.timeoutMs);
  try {
    response = await wire.send({
      method: 'GET',
      path: request.path,
      headers: {
        accept: 'text/event-stream',
        ...(progress.cursor === undefined ? {} : { 'last-event-id': progress.cursor }),
      },
      signal: guard.signal,
    });
    if (response.status === 204) {
      await response.discard();
      return { kind: 'over' };
    }
    const refusal = await refusalOf(response, request, wire);
    if (refusal !== undefined) return refusal;
  } catch (error) {
    return broken(guard.explain(error), false);
  }

  const frames = createFrameParser();
  const chunks = response.chunks()[Symbol.asyncIterator]();
  let received = false;
  try {
    for (;;) {
      guard.within(policy.idleMs, `nothing came for ${policy.idleMs / 1000} s`);
      let chunk: IteratorResult<string>;
      try {
        chunk = await chunks.next();
      } catch (error) {
        return broken(guard.explain(error), received);
      }
      // A consumer may take as long as it likes.
      guard.within(undefined);
      if (chunk.done) return { kind: 'rotated', retryMs: frames.retryMs };
      received = true;
      for (const frame of frames.feed(chunk.value)) {
        const item = progress.take(frame, reader);
        if (item !== undefined) yield item;
        if (guard.signal.aborted) return broken(guard.explain(undefined), received);
      }
    }
  } finally {
    // Also when the consumer leaves the loop: closes the connection.
    await chunks.return?.().catch(() => undefined);
  }
}

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
