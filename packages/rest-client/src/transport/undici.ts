import { Agent } from 'undici';
import type { Transport } from '../transport.ts';

/** The transport of Node: one pool of kept-alive connections per client. */
export const createUndiciTransport = (origin: string): Transport => {
  // The client watches over time itself; undici's own body timeout would cut a quiet stream.
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
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
