import type { Problem } from '@agent-harbor/core/problem/bare';
import { createParser } from 'eventsource-parser';
import { waitAfter } from '../backoff.ts';
import { createGuard } from '../guard.ts';
import { refusalOf } from '../problem-response.ts';
import type { RouteName } from '../routes/contract.ts';
import { requestOf } from '../routes/request.ts';
import { send, type Wire } from '../wire.ts';
import type { Frame, StreamState } from './take.ts';

/** Far above the largest event (256 KiB): only a broken server sends a longer one. */
const longestFrame = 16 * 1024 * 1024;

/**
 * The frames of a stream, as they arrive, over as many connections as it takes: each goes on after the last event that
 * was handed out. Ends when the server says that nothing is left, the signal fires or the reader leaves. Rejects with
 * what the server itself says no further attempt can heal, or when not even the first answer is a stream.
 */
export async function* connections(
  wire: Wire,
  route: RouteName,
  input: readonly unknown[],
  state: StreamState,
): AsyncGenerator<readonly Frame[], void, undefined> {
  const request = requestOf(wire, route, input);
  const { about, headers } = request;
  headers.accept = 'text/event-stream';
  state.cursor = headers['last-event-id'];
  state.signal = request.signal;
  // Once there was a stream at this address, only the server's own word ends it: a proxy may lose the server for a
  // while, and whoever gives out credentials may be away together with it.
  let isProven = false;
  let failures = 0;
  let waitMs = 0;
  for (;;) {
    const guard = createGuard(wire, request.signal);
    const before = state.taken;
    let retryMs: number | undefined;
    let isTold = !isProven;
    let problem: Problem | undefined;
    try {
      if (waitMs) await guard.sleep(waitMs);
      if (state.cursor) headers['last-event-id'] = state.cursor;
      guard.within(request.timeoutMs);
      const answer = await send(wire, request, guard);
      const { status } = answer;
      if (status === 204) return;
      if (status !== 200 || !answer.headers.get('content-type')?.startsWith(headers.accept)) {
        const [refusal, isOurs] = await refusalOf(wire, request, answer);
        // Who says when to come again does not refuse: a twin of the request may be under way still.
        isTold = !refusal.retryAfterSeconds && status !== 429 && status < 500 && (isTold || isOurs);
        throw refusal;
      }
      isProven = true;
      let frames: Frame[] = [];
      const parser = createParser({
        maxBufferSize: longestFrame,
        onEvent: (frame) => frames.push(frame),
        onRetry: (ms) => {
          retryMs = ms;
        },
        // What is too long is no event, and says so when it is taken.
        onError: ({ type }) => type.startsWith('max') && frames.push({ data: '' }),
      });
      const decoder = new TextDecoder();
      const body = answer.body?.getReader();
      for (;;) {
        guard.within(wire.streamIdleMs);
        const { value } = (await body?.read()) ?? {};
        // A consumer may take as long as it likes.
        guard.within(Infinity);
        if (!value) break;
        failures = 0;
        frames = [];
        parser.feed(decoder.decode(value, { stream: true }));
        yield frames;
      }
    } catch (error) {
      problem = guard.explain(error);
      const { code } = problem;
      // Without the end of the client, the signal fired or the reader left.
      if (code === 'aborted' && !wire.closed) return;
      if (wire.closed || (isTold && code !== 'connection-failed')) throw problem;
    } finally {
      guard.release();
      // Also when the reader leaves: closes the connection.
      guard.end();
    }
    // Once the session has ended, one more connection is made to hear that nothing is left. If it brings nothing, be it
    // that the server has gone too, that is the same answer.
    const hasEnded = state.sessionEnded && route !== 'events.list';
    if (hasEnded && state.taken === before) return;
    // Where it ends a stream in good order, the server spreads the return of its readers itself.
    waitMs = hasEnded ? 0 : ((problem ? undefined : retryMs) ?? waitAfter(problem, failures, wire));
    failures += 1;
    wire.log?.({ kind: 'reconnect', ...about, waitMs, problem });
  }
}
