import { connect, type Socket } from 'node:net';
import { createReplyReader } from './reply-reader.ts';

/** A request as bytes, ready to be written. */
export interface RequestBytes {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

export const encodeRequest = ({ method, path, headers = {}, body }: RequestBytes): Buffer => {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1'];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined) {
    lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
};

export interface LoadOptions {
  readonly port: number;
  /** Connections, each with one request in flight. */
  readonly connections: number;
  /** No new request is sent after so many milliseconds, */
  readonly forMs: number;
  /** and so many requests: on a busy machine the time alone may be over before the program is warm. 500 by default. */
  readonly atLeast?: number | undefined;
  /** The request with this number. */
  readonly request: (number: number) => Buffer;
}

/** What a load came to. */
export interface Load {
  readonly count: number;
  /** How long each request took, ms, sorted. */
  readonly latencies: readonly number[];
  readonly bytes: number;
  readonly seconds: number;
}

/** What takes longer than that for each request is measured by those that were answered. */
const patienceMs = 10_000;

/** Keeps so many requests in flight for a while. Rejects at the first reply that is not a success. */
export const runLoad = async ({
  port,
  connections,
  forMs,
  request,
  atLeast = 500,
}: LoadOptions): Promise<Load> => {
  let number = 0;
  let bytes = 0;
  const latencies: number[] = [];
  const startedAt = performance.now();
  const endAt = startedAt + forMs;
  const lastAt = endAt + patienceMs;
  const converse = () =>
    new Promise<void>((resolve, reject) => {
      const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
      let sentAt = 0;
      const send = () => {
        sentAt = performance.now();
        if ((sentAt >= endAt && number >= atLeast) || sentAt >= lastAt) {
          socket.destroy();
          resolve();
        } else socket.write(request(number++));
      };
      const reader = createReplyReader((status, body, size) => {
        if (status < 200 || status > 299) {
          socket.destroy();
          reject(new Error(`A request was answered with ${status}: ${body().slice(0, 300)}`));
          return;
        }
        latencies.push(performance.now() - sentAt);
        bytes += size;
        send();
      });
      socket.on('data', (chunk) => reader.take(chunk));
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('A connection was closed.')));
      socket.on('connect', send);
    });
  await Promise.all(Array.from({ length: connections }, converse));
  latencies.sort((one, other) => one - other);
  return { count: latencies.length, latencies, bytes, seconds: (performance.now() - startedAt) / 1000 };
};

/** So many requests, that what runs afterwards is compiled as it stays. */
const untilWarm = 6_000;

/** A load that is not measured. */
export const warmUp = async (options: Omit<LoadOptions, 'forMs' | 'atLeast'>): Promise<void> => {
  await runLoad({ ...options, forMs: 0, atLeast: untilWarm });
};

/** One request over a connection of its own; gives the parsed answer. */
export const ask = (port: number, request: RequestBytes): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const reader = createReplyReader((status, body) => {
      socket.destroy();
      if (status < 200 || status > 299) {
        reject(new Error(`${request.method} ${request.path}: ${status} ${body().slice(0, 500)}`));
      } else resolve(body() === '' ? undefined : JSON.parse(body()));
    });
    socket.on('data', (chunk) => reader.take(chunk));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`${request.path}: the connection was closed.`)));
    socket.on('connect', () => socket.write(encodeRequest(request)));
  });
