import { Agent } from 'undici';
import type { Transport } from '../transport.ts';
import { connectOptions, type TlsOptions } from './tls.ts';

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
    async send(request) {
      const { statusCode, headers, body } = await agent.request({
        origin,
        path: request.path,
        method: request.method,
        headers: request.headers,
        signal: request.signal,
        ...(request.body === undefined ? {} : { body: request.body }),
      });
      return {
        status: statusCode,
        header: (name) => {
          const value = headers[name];
          return Array.isArray(value) ? value.join(', ') : value;
        },
        text: () => body.text(),
        chunks: () => decode(body),
        discard: () => body.dump(),
      };
    },
    close: () => agent.destroy(),
  };
};

async function* decode(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  for await (const chunk of body) yield decoder.decode(chunk, { stream: true });
}
