import { waitAfter } from './backoff.ts';
import { createGuard, type Guard } from './guard.ts';
import { broken, refusalOf } from './problem-response.ts';
import type { Caller, Reply, RouteName } from './routes/contract.ts';
import { type RouteRequest, requestOf } from './routes/request.ts';
import type { Answer } from './transport.ts';
import { send, type Wire } from './wire.ts';

/**
 * Calls a route: sends, repeats what may be repeated, reads the answer. Every failure is a rejection with a `Problem`.
 * Repeated are GET, and POST by its idempotency key, which is made here when the caller brought none.
 */
export const createCaller = (wire: Wire): Caller => {
  const { clock, attempts, log } = wire;
  const call = async (route: RouteName, ...input: unknown[]): Promise<Reply<RouteName>> => {
    const request = requestOf(wire, route, input);
    const { about } = request;
    const deadline = clock.now() + request.timeoutMs;
    const guard = createGuard(wire, request.signal);
    let isTaken = false;
    try {
      for (let attempt = 1; ; attempt += 1) {
        try {
          guard.within(deadline - clock.now());
          const answer = await answerTo(wire, request, guard);
          isTaken = request.givesBytes;
          return isTaken ? handOut(wire, answer, guard) : await read(wire, request, answer);
        } catch (error) {
          const problem = guard.explain(error);
          const { code, status, errors } = problem;
          // A server that cannot be reached or asks for patience may answer a little later; why it is not ready is an
          // answer. The twin of a request that is still running has the answer: worth all the time there is.
          const passes = /429|50[234]/.test(`${status}`) && !errors?.reasons && attempt < attempts;
          const waitMs = waitAfter(problem, attempt - 1, wire);
          if (
            !/GET|POST/.test(about.method) ||
            !(passes || code === 'idempotency-in-progress') ||
            clock.now() + waitMs >= deadline
          )
            throw problem;
          log?.({ kind: 'retry', ...about, waitMs, problem });
          await guard.sleep(waitMs);
        }
      }
    } finally {
      // What is handed out is still watched over.
      if (!isTaken) guard.release();
    }
  };
  return call as Caller;
};

const answerTo = async (wire: Wire, request: RouteRequest, guard: Guard): Promise<Answer> => {
  const answer = await send(wire, request, guard);
  const { status } = answer;
  if ((status < 200 || status > 299) && status !== 304) throw (await refusalOf(wire, request, answer))[0];
  return answer;
};

const read = async (wire: Wire, request: RouteRequest, answer: Answer): Promise<Reply<RouteName>> => {
  const { status, headers } = answer;
  let body: unknown = (await answer.text()) || undefined;
  try {
    if (body) body = JSON.parse(`${body}`);
  } catch {
    throw broken();
  }
  return {
    status,
    body: wire.reader.reply(request.about.route, status, body),
    etag: headers.get('etag'),
  };
};

/** Bytes as they come. Nothing is repeated any more; a connection that falls silent counts as lost, as a stream's does. */
const handOut = ({ streamIdleMs }: Wire, { status, body }: Answer, guard: Guard): Reply<RouteName> => {
  guard.signal.addEventListener('abort', guard.release);
  // Nobody may ever read it.
  guard.within(streamIdleMs);
  return { status, body: pieces(body, streamIdleMs, guard) as never, etag: null };
};

async function* pieces(body: Answer['body'], idleMs: number, guard: Guard) {
  try {
    for (const reader = body?.getReader(); ; ) {
      const piece = await reader?.read();
      if (!piece?.value) return;
      // However long the caller takes for it.
      guard.within(Infinity);
      yield piece.value;
      guard.within(idleMs);
    }
  } catch (error) {
    throw guard.explain(error);
  } finally {
    // Nothing is left of a body that was read to its end; one that was left is broken off.
    guard.end();
  }
}
