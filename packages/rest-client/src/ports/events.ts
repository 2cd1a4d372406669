import type { EventLog, StreamItem, SubscribeOptions } from '@agent-harbor/core';
import type { Api } from '../routes/api.ts';
import type { Caller } from '../routes/contract.ts';
import type { Stream, StreamOpener } from '../stream/event-stream.ts';

/** Opens the stream of one session, or of all when no session is named. */
export type Subscriber = (sessionId: string | undefined, options?: SubscribeOptions) => Stream<StreamItem>;

/** The streams of the ports: their items carry the id to resume after. */
export const createSubscriber =
  (open: StreamOpener): Subscriber =>
  (sessionId, { types, toolExecutionId, ...options } = {}) => {
    const query = {
      ...options,
      type: types?.length === 0 ? undefined : types,
      tool_execution_id: toolExecutionId,
    };
    const pick = (event: StreamItem['event'], id: string): StreamItem => ({ id, event });
    return sessionId === undefined
      ? open('events.list', [query], pick)
      : open('sessions.events', [sessionId, query], pick);
  };

/** Reading the event log over HTTP. */
export interface Events extends Pick<EventLog, 'history' | 'logs'> {
  /** The events of every session in scope, as one stream that does not end by itself; else like `tasks.subscribe`. */
  subscribe(options?: SubscribeOptions): AsyncIterable<StreamItem>;
}

export const createEvents = (api: Api, call: Caller, subscribe: Subscriber): Events => ({
  history: async (sessionId, query) =>
    (sessionId === undefined
      ? await call('events.list', query)
      : await call('sessions.events', sessionId, query)
    ).body,
  logs: api.sessions.logs,
  subscribe: (options) => subscribe(undefined, options),
});
