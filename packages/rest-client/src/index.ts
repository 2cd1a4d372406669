import { type ClientOptions, createClient, type HarborClient } from './client.ts';
import { createFetchTransport } from './transport/fetch.ts';

export interface ConnectOptions extends ClientOptions {
  /** The `fetch` to use; the global one when absent. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** Connects to a server by `fetch`, in a browser or any other host. Throws `invalid-request` for a bad `base`. */
export const connect = (options: ConnectOptions): HarborClient =>
  createClient(options, (origin) => createFetchTransport(origin, options.fetch));

export type { Backoff } from './backoff.ts';
export type { HarborClient } from './client.ts';
export type { Credential, CredentialSource } from './credential.ts';
export type { Events } from './ports/events.ts';
export type { Service } from './ports/service.ts';
export type { ReplyReader } from './replies.ts';
