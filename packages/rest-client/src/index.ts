import {
  type ApiClient,
  type ClientOptions,
  createApiClient,
  createClient,
  type HarborClient,
} from './client.ts';

/** How to reach a server from a browser. */
export interface ConnectOptions extends ClientOptions {
  /** The `fetch` to use; the global one when absent. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * Connects to a server by `fetch`, in a browser or any other host: every route as a typed method, and the ports every UI
 * programs against. Throws `invalid-request` for a bad `base`.
 */
export const connect: (options: ConnectOptions) => HarborClient = createClient;

/** The same without the ports, for those who count bytes. */
export const connectApi: (options: ConnectOptions) => ApiClient = createApiClient;

export { Problem } from '@agent-harbor/core/problem/bare';
export type { Backoff } from './backoff.ts';
export type { ApiClient, HarborClient } from './client.ts';
export type { Credential, CredentialSource } from './credential.ts';
export type { Log, LogEntry } from './log.ts';
export type { Events } from './ports/events.ts';
export type { Service } from './ports/service.ts';
export type { ReplyReader } from './replies.ts';
export type { Api } from './routes/api.ts';
export type { Caller, Reply, RequestOptions, RouteName } from './routes/contract.ts';
export type { About } from './routes/request.ts';
export type { EventStream, StreamedEvent } from './stream/event-stream.ts';
export type { OwnHeaders } from './wire.ts';
