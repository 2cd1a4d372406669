import { Agent } from 'undici';
import type { Transport } from '../transport.ts';
import { connectOptions, type TlsOptions } from './tls.ts';
import { UndiciAnswer } from './undici-answer.ts';

/** How the connections of one client are made. */
export interface ConnectionOptions {
  readonly tls?: TlsOptions | undefined;
  /** Speaks HTTP/2 with a server that offers it when the connection is made; HTTP/1.1 when absent. */
  readonly http2?: boolean | undefined;
}

const warn = (message: string): void => {
  process.emitWarning(message, { type: 'SecurityWarning', code: 'AH_TLS_UNCHECKED' });
};

/** The transport of Node: one pool of kept-alive connections per client. */
export const createUndiciTransport = (
  origin: string,
  { tls, http2 = false }: ConnectionOptions = {},
): Transport => {
  const agent = new Agent({
    // The client watches over time itself; undici's own body timeout would cut a quiet stream.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: http2,
    ...(tls === undefined ? {} : { connect: connectOptions(tls, warn) }),
  });
  return {
    send({ path, method, headers, body, signal }) {
      const answer = new UndiciAnswer(signal);
      if (!signal.aborted) agent.dispatch({ origin, path, method, headers, body: body ?? null }, answer);
      return answer.begun;
    },
    close: () => agent.destroy(),
  };
};
