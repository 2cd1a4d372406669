import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import type { Clock } from '@agent-harbor/core';
import { tokenBytes } from './message.ts';

/** A socket that is waited for. */
interface Door {
  /** What it introduces itself with, in hexadecimal. */
  readonly token: string;
  /** Resolves when it came; rejects when it is not waited for any more. */
  readonly socket: Promise<Socket>;
  /** Waits no longer, and closes it if it came. */
  close(): void;
}

/** Where the channels of programs arrive, which another process started. */
export interface Doors {
  /** Rejects when nothing can listen here. */
  readonly open: Promise<void>;
  wait(): Door;
  close(): void;
}

/** Whoever has nothing to say is not of ours. */
const introductionMs = 10_000;

/** Listens on a socket in a directory that only this user can enter; a channel is told from others by its token. */
export const createDoors = (path: string, clock: Clock): Doors => {
  const waited = new Map<string, (socket: Socket) => void>();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    const cancel = clock.schedule(introductionMs, () => socket.destroy());
    socket.once('close', cancel);
    const hear = () => {
      const said: Buffer | null = socket.read(tokenBytes);
      // At its end a shorter rest is read, which is nobody's token.
      if (said === null) return;
      socket.off('readable', hear);
      cancel();
      const take = waited.get(said.toString('hex'));
      if (take === undefined) socket.destroy();
      else take(socket);
    };
    socket.on('readable', hear);
  });
  const open = new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  // Whatever runs through it keeps the process alive, and not that something might.
  server.unref();
  return {
    open,
    wait() {
      const token = randomBytes(tokenBytes).toString('hex');
      const { promise, resolve, reject } = Promise.withResolvers<Socket>();
      let came: Socket | undefined;
      waited.set(token, (socket) => {
        waited.delete(token);
        came = socket;
        resolve(socket);
      });
      promise.catch(() => {});
      return {
        token,
        socket: promise,
        close() {
          waited.delete(token);
          came?.destroy();
          reject(new Error('The channel is not waited for any more.'));
        },
      };
    },
    close() {
      server.close();
    },
  };
};
