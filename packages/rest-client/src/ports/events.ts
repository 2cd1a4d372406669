import type { EventLog, StreamItem, SubscribeOptions } from '@agent-harbor/core';
import { fieldProblem } from '@agent-harbor/core/problem';
import type { Caller } from '../call.ts';
import { queryString } from '../query.ts';
import type { ReplyReader } from '../replies.ts';
import { pathOf } from '../routes.ts';
import { follow, type StreamPolicy, type StreamRequest } from '../stream/follow.ts';
import type { Wire } from '../wire.ts';

/** Opens the stream of one session, or of all when no session is named. */
export type Subscriber = (
  sessionId: string | undefined,
  options: SubscribeOptions,
) => AsyncIterable<StreamItem>;

export const createSubscriber =
  (wire: Wire, policy: StreamPolicy, reader: ReplyReader): Subscriber =>
  (sessionId, options) => {
    try {
      return follow(wire, policy, reader, streamRequest(sessionId, options));
    } catch (error) {
      return refused(error);
    }
  };

const streamRequest = (
  sessionId: string | undefined,
  { after, types, level, signal }: SubscribeOptions,
): StreamRequest => {
  const path = sessionId === undefined ? pathOf('events.list') : pathOf('sessions.events', { id: sessionId });
  if (after !== undefined && !/^[\x21-\x7e]{1,128}$/.test(after)) {
    throw fieldProblem('after', 'is not an event id; take the id of an item of the stream');
  }
  const query = queryString({ type: types?.length === 0 ? undefined : types, level });
  return { path: path + query, after, ofOneSession: sessionId !== undefined, signal };
};

/** What cannot be asked for is told to whoever reads, as every failure is. */
// biome-ignore lint/correctness/useYield: it has nothing to give
async function* refused(error: unknown): AsyncGenerator<never> {
  throw error;
}

/** Reading the event log over HTTP. */
export interface Events extends Pick<EventLog, 'history' | 'logs'> {
  /** The events of every session in scope, as one stream that does not end by itself; else like `tasks.subscribe`. */
  subscribe(options?: SubscribeOptions): AsyncIterable<StreamItem>;
}

export const createEvents = (call: Caller, subscribe: Subscriber): Events => ({
  history: async (sessionId, query) =>
    sessionId === undefined
      ? (await call('events.list', { query })).body
      : (await call('sessions.events', { params: { id: sessionId }, query })).body,
  logs: async (sessionId, query) => (await call('sessions.logs', { params: { id: sessionId }, query })).body,
  subscribe: (options = {}) => subscribe(undefined, options),
});
