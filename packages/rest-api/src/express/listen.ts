import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Problem } from '@agent-harbor/core';
import type { Api } from '../api.ts';
import { createListener, type ExpressOptions } from './app.ts';
import { createServer } from './node-http.ts';
import { portHolder } from './port-holder.ts';
import { parserProblem, refuseRaw } from './refuse-raw.ts';

/** Where to listen. */
export interface ListenOptions extends ExpressOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** A server that listens. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  /**
   * Stops in good order: takes no more connections, sends stream readers away with a time to come back, lets requests
   * finish. What is left after `graceMs` (30 s) is cut.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

const headerBytes = 16 * 1024;
const sweepMs = 50;

/** Serves the API over HTTP/1.1. Rejects with a problem that says why when the address cannot be bound. */
export const listen = async (api: Api, options: ListenOptions): Promise<Listening> => {
  const server = createHttpServer(api, options);
  const closeUnused = unusedConnections(server);

  await bind(server, options).catch(async (error: unknown) => {
    throw (await bindProblem(error, options)) ?? error;
  });
  const { port, family, address } = server.address() as AddressInfo;
  return {
    url: `http://${urlHost(address, family)}:${port}`,
    port,
    close: (wish) => close(api, server, closeUnused, wish?.graceMs),
  };
};

/** The server before it is bound: whatever comes over a connection it is given is answered. */
export const createHttpServer = (api: Api, options: ExpressOptions = {}): Server => {
  const app = createListener(api, options);
  const server = createServer(
    {
      maxHeaderSize: headerBytes,
      // Ours answers with a problem document.
      requireHostHeader: false,
      headersTimeout: 15_000,
      requestTimeout: 120_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 5_000,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
    },
    closing(api, app),
  );
  // Both would otherwise be answered by Node itself.
  server.on('checkContinue', closing(api, app));
  server.on('checkExpectation', closing(api, app));
  refuseUnreadable(api, server);
  return server;
};

/** While the server stops, every answer is the last of its connection. */
const closing =
  (api: Api, app: RequestListener): RequestListener =>
  (request, response) => {
    if (api.isStopping) response.setHeader('connection', 'close');
    app(request, response);
  };

const refuseUnreadable = (api: Api, server: Server): void => {
  const answering = new WeakMap<Duplex, ServerResponse>();
  for (const event of ['request', 'checkContinue', 'checkExpectation']) {
    server.prependListener(event, ({ socket }: IncomingMessage, response: ServerResponse) => {
      answering.set(socket, response);
    });
  }
  server.on('clientError', (error, socket) => {
    const last = answering.get(socket);
    const response = last?.closed ? undefined : last;
    if (response?.headersSent) {
      // A second head inside an answer that has begun would be read as its body.
      socket.destroy();
      return;
    }
    // The parser stumbled over a request whose head it had handed out: that one is answered here and now.
    if (response?.socket) response.detachSocket(response.socket);
    refuseRaw(api, socket, parserProblem(error));
  });
  server.on('connect', (_request, socket: Duplex) => {
    refuseRaw(
      api,
      socket,
      new Problem('method-not-allowed', { allow: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] }),
    );
  });
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => socket.destroy());
  });
};

/** Closes the connections on which nothing was ever asked: clients open some in advance, and Node does not call them idle. */
const unusedConnections = (server: Server): (() => void) => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return () => {
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };
};

const bind = (server: Server, { host, port }: ListenOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });

/** Who holds the port, or why the address cannot be had; undefined for any other failure. */
const bindProblem = async (error: unknown, { host, port }: ListenOptions): Promise<Problem | undefined> => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    const holder = (await portHolder(port)) ?? 'another program';
    const detail = `Port ${port} on ${host} is held by ${holder}. Stop it, or choose another port with --port (0 takes a free one).`;
    return new Problem('not-ready', { detail, cause: error });
  }
  if (code !== 'EACCES' && code !== 'EADDRNOTAVAIL' && code !== 'ENOTFOUND') return undefined;
  const detail = `Port ${port} on ${host} cannot be bound (${code}). Choose an address of this machine and a port above 1023.`;
  return new Problem('not-ready', { detail, cause: error });
};

const close = async (api: Api, server: Server, closeUnused: () => void, graceMs = 30_000): Promise<void> => {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  // Again and again: a connection is idle a moment after its last answer, and nobody tells.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
    closeUnused();
  }, sweepMs);
  await api.stop();
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
};

/** A wildcard address is reached on the machine itself by the loopback one. */
const urlHost = (address: string, family: string): string => {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1';
  return family === 'IPv6' ? `[${address}]` : address;
};
