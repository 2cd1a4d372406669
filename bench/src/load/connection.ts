import { connect } from 'node:net';
import { createReplyReader } from './reply-reader.ts';

/** One connection that is kept, with one request at a time. */
export interface KeptConnection {
  /** Resolves when the answer is here; rejects where it is no success. */
  send(request: Buffer): Promise<void>;
  close(): void;
}

export const createConnection = (port: number): Promise<KeptConnection> =>
  new Promise((open, fail) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let waiting: { resolve(): void; reject(error: Error): void } | undefined;
    const reader = createReplyReader((status, body) => {
      const each = waiting;
      waiting = undefined;
      if (status >= 200 && status <= 299) each?.resolve();
      else each?.reject(new Error(`A request was answered with ${status}: ${body().slice(0, 300)}`));
    });
    socket.on('data', (chunk) => reader.take(chunk));
    let broken: Error | undefined;
    const end = (error: Error) => {
      broken ??= error;
      fail(error);
      waiting?.reject(error);
    };
    socket.on('error', end);
    socket.on('close', () => end(new Error('A connection was closed.')));
    socket.on('connect', () =>
      open({
        send: (request) =>
          new Promise((resolve, reject) => {
            if (broken !== undefined) return reject(broken);
            waiting = { resolve, reject };
            socket.write(request);
          }),
        close: () => socket.destroy(),
      }),
    );
  });
