import { type ClientOptions, createClient, type HarborClient } from './client.ts';
import { isLoopback, readLocalKey, stateDirectory } from './local-key.ts';
import { createUndiciTransport } from './transport/undici.ts';

export interface ConnectOptions extends Omit<ClientOptions, 'base'> {
  /** Where the server is; `http://127.0.0.1:3001` when absent. */
  readonly base?: string | undefined;
  /** Where to find the key of a server on this machine; the user's own state directory when absent. */
  readonly stateDir?: string | undefined;
}

export const defaultBase = 'http://127.0.0.1:3001';

/**
 * Connects to a server from Node, over one pool of connections. Without a credential the key of a server on this
 * machine is found by itself; it is never sent anywhere else. Throws `invalid-request` for a bad `base`.
 */
export const connect = (options: ConnectOptions = {}): HarborClient => {
  const base = options.base ?? defaultBase;
  const local =
    options.apiKey === undefined && options.credential === undefined && isLoopback(base)
      ? () => readLocalKey(options.stateDir ?? stateDirectory())
      : options.credential;
  return createClient({ ...options, base, credential: local }, createUndiciTransport);
};

export type { Backoff } from './backoff.ts';
export type { HarborClient } from './client.ts';
export type { Credential, CredentialSource } from './credential.ts';
export { isLoopback, keyFile, readLocalKey, stateDirectory } from './local-key.ts';
export type { Events } from './ports/events.ts';
export type { Service } from './ports/service.ts';
export type { ReplyReader } from './replies.ts';
