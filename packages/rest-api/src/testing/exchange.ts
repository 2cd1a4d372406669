import { connect } from 'node:net';

/** How long a server may be silent before a check has failed. */
const patienceMs = 10_000;

/** The `exchange` of the wire suite, over a socket. */
export const createExchange =
  (port: number) =>
  (bytes: string, isEnough?: (received: string) => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let received = '';
      socket.setEncoding('latin1');
      socket.setTimeout(patienceMs, () => {
        socket.destroy();
        reject(new Error(`nothing came for ${patienceMs} ms; before: ${received.slice(0, 500)}`));
      });
      socket.on('connect', () => socket.write(bytes, 'latin1'));
      socket.on('data', (chunk) => {
        received += chunk;
        if (isEnough?.(received)) socket.destroy();
      });
      socket.on('close', () => resolve(received));
      // A server that refuses a request may close while we still write: its answer counts.
      socket.on('error', (error) => {
        if (received === '') reject(error);
      });
    });
