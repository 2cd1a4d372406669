import { type ClientOptions, createClient, type HarborClient } from './client.ts';
import { defaultBase, isLoopback, readLocalKey, stateDirectory } from './local-key.ts';
import { type Log, quiet } from './log.ts';
import { flattenByHand } from './node/flatten.ts';
import { checkedLazily } from './node/validate.ts';
import { type ConnectionOptions, createUndiciTransport } from './transport/undici.ts';

/** How to reach a server from Node. */
export interface ConnectOptions extends Omit<ClientOptions, 'base'>, ConnectionOptions {
  /** Where the server is; `http://127.0.0.1:3001` when absent. */
  readonly base?: string | undefined;
  /** Where to find the key of a server on this machine; the user's own state directory when absent. */
  readonly stateDir?: string | undefined;
  /**
   * Whether answers and events are held against the contract, where no `reader` is given. When absent they are, unless
   * `NODE_ENV` is `production`.
   */
  readonly validate?: boolean | undefined;
}

/**
 * Connects to a server from Node, over one pool of connections. Without a credential the key of a server on this
 * machine is found by itself; it is never sent anywhere else. Throws `invalid-request` for a bad `base` or `tls`.
 */
export const connect = (options: ConnectOptions = {}): HarborClient => {
  const { base = defaultBase, stateDir, tls, http2, validate, ...rest } = options;
  const isAnonymous = rest.apiKey === undefined && rest.credential === undefined;
  const credential =
    isAnonymous && isLoopback(base) ? () => readLocalKey(stateDir ?? stateDirectory()) : rest.credential;
  const { fetch, disconnect } = createUndiciTransport(originOf(base), { tls, http2 }, warnTo(rest.log));
  const checks = rest.reader === undefined && (validate ?? process.env.NODE_ENV !== 'production');
  const lazy = checks ? checkedLazily() : undefined;
  return createClient({
    ...rest,
    base,
    credential,
    reader: rest.reader ?? lazy?.reader,
    fetch: lazy?.before(fetch) ?? fetch,
    flatten: flattenByHand,
    disconnect,
  });
};

/** Where the pool connects to; what is wrong with a base is said by the client. */
const originOf = (base: string): string => /^https?:\/\/[^/?#@]+/.exec(base)?.[0] ?? defaultBase;

/** A client without a log warns as Node does. */
const warnTo =
  (log: Log | undefined) =>
  (message: string): void => {
    if (log === undefined)
      process.emitWarning(message, { type: 'SecurityWarning', code: 'AH_TLS_UNCHECKED' });
    else quiet(log)?.({ kind: 'warning', message });
  };

export { Problem } from '@agent-harbor/core/problem';
export type { Backoff } from './backoff.ts';
export type { HarborClient } from './client.ts';
export type { Credential, CredentialSource } from './credential.ts';
export { defaultBase, isLoopback, keyFile, readLocalKey, stateDirectory } from './local-key.ts';
export type { Log, LogEntry } from './log.ts';
export type { Events } from './ports/events.ts';
export type { Service } from './ports/service.ts';
export type { ReplyReader } from './replies.ts';
export type { Api } from './routes/api.ts';
export type { Caller, Reply, RequestOptions, RouteName } from './routes/contract.ts';
export type { About } from './routes/request.ts';
export type { EventStream, StreamedEvent } from './stream/event-stream.ts';
export type { TlsOptions } from './transport/tls.ts';
export type { OwnHeaders } from './wire.ts';
