import { type ClientOptions, createClient, type HarborClient } from './client.ts';
import { isLoopback, readLocalKey, stateDirectory } from './local-key.ts';
import { type ConnectionOptions, createUndiciTransport } from './transport/undici.ts';

/** How to reach a server from Node. */
export interface ConnectOptions extends Omit<ClientOptions, 'base'>, ConnectionOptions {
  /** Where the server is; `http://127.0.0.1:3001` when absent. */
  readonly base?: string | undefined;
  /** Where to find the key of a server on this machine; the user's own state directory when absent. */
  readonly stateDir?: string | undefined;
}

/** Where the server of this machine listens unless it was told otherwise. */
export const defaultBase = 'http://127.0.0.1:3001';

/**
 * Connects to a server from Node, over one pool of connections. Without a credential the key of a server on this
 * machine is found by itself; it is never sent anywhere else. Throws `invalid-request` for a bad `base` or `tls`.
 */
export const connect = (options: ConnectOptions = {}): HarborClient => {
  const base = options.base ?? defaultBase;
  const local =
    options.apiKey === undefined && options.credential === undefined && isLoopback(base)
      ? () => readLocalKey(options.stateDir ?? stateDirectory())
      : options.credential;
  const { tls, http2 } = options;
  return createClient({ ...options, base, credential: local }, (origin) =>
    createUndiciTransport(origin, { tls, http2 }),
  );
};

export type { Backoff } from './backoff.ts';
export type { HarborClient } from './client.ts';
export type { Credential, CredentialSource } from './credential.ts';
export { isLoopback, keyFile, readLocalKey, stateDirectory } from './local-key.ts';
export type { Events } from './ports/events.ts';
export type { Service } from './ports/service.ts';
export type { ReplyReader } from './replies.ts';
export type { TlsOptions } from './transport/tls.ts';
