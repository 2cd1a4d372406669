import type { Server } from 'node:http';
import { duplexPair } from 'node:stream';
import type { Exchange } from '@agent-harbor/conformance';

/** No server in memory is silent for longer than this, in milliseconds. */
const silenceMs = 1_000;

/** The `exchange` of the wire suite to a server that is not bound: over connections in memory, without a port. */
export const memoryExchange =
  (server: Server): Exchange =>
  (bytes, isEnough) =>
    new Promise((resolve, reject) => {
      const [ours, theirs] = duplexPair();
      let received = '';
      let silence: ReturnType<typeof setTimeout>;
      const heard = () => {
        clearTimeout(silence);
        silence = setTimeout(() => {
          ours.destroy();
          reject(new Error(`nothing came for ${silenceMs / 1000} s; before: ${received.slice(0, 500)}`));
        }, silenceMs);
      };
      heard();
      ours.setEncoding('latin1');
      ours.on('data', (chunk: string) => {
        received += chunk;
        heard();
        if (isEnough?.(received)) ours.destroy();
      });
      ours.on('end', () => ours.destroy());
      ours.on('error', () => undefined);
      ours.on('close', () => {
        clearTimeout(silence);
        theirs.destroy();
        resolve(received);
      });
      server.emit('connection', theirs);
      ours.write(bytes, 'latin1');
    });
