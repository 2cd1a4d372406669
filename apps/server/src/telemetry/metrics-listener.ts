import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Problem } from '@agent-harbor/core';
import { createHostCheck } from '@agent-harbor/rest-api';

/** The metrics at an address of their own. */
export interface MetricsListening {
  readonly url: string;
  close(): Promise<void>;
}

export interface MetricsListenOptions {
  readonly host: string;
  readonly port: number;
  /** The names it answers to; null for any. */
  readonly names: readonly string[] | null;
  readonly contentType: string;
  readonly render: () => Promise<string>;
}

/**
 * Serves the metrics, and nothing else, without asking who calls. Rejects with `not-ready` when the address cannot be
 * bound.
 */
export const listenForScrapers = async (options: MetricsListenOptions): Promise<MetricsListening> => {
  const { host, port, names, contentType } = options;
  const checkHost = names === null ? () => {} : createHostCheck(names);
  let rendering: Promise<string> | undefined;
  /** However many ask at once, it is counted once. */
  const render = () => {
    rendering ??= options.render().finally(() => {
      rendering = undefined;
    });
    return rendering;
  };
  const answer = async (method: string, target: string, name: string): Promise<readonly [number, string]> => {
    checkHost(name);
    if (target.split('?')[0] !== '/metrics') throw new Problem('route-not-found');
    if (method !== 'GET' && method !== 'HEAD') throw new Problem('method-not-allowed');
    return [200, await render()];
  };
  const server = createServer({ requireHostHeader: false, maxHeaderSize: 8 * 1024 }, (request, response) => {
    const { method = '', url = '', headers } = request;
    request.resume();
    answer(method, url, headers.host ?? '')
      .catch((error: unknown): readonly [number, string] =>
        error instanceof Problem
          ? [error.status, `${error.title}\n`]
          : [500, 'The metrics cannot be counted.\n'],
      )
      .then(([status, text]) => {
        response.writeHead(status, {
          'content-type': status === 200 ? contentType : 'text/plain; charset=utf-8',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          'content-security-policy': "default-src 'none'",
        });
        response.end(method === 'HEAD' ? undefined : text);
      });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const detail = `The metrics cannot be served at ${host}:${port}: ${cause.message}.`;
      reject(new Problem('not-ready', { detail, cause }));
    });
    server.listen({ host, port }, resolve);
  });
  const bound = server.address() as AddressInfo;
  const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return {
    url: `http://${name}:${bound.port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
