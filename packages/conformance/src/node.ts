import { connect } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { WireContext } from './wire/context.ts';

/** How long a server may be silent before a check has failed. */
const patienceMs = 20_000;

/** The `exchange` of the wire suite over a socket, to the server at `base`. */
export const createExchange =
  (base: string): WireContext['exchange'] =>
  (bytes, isEnough) =>
    new Promise((resolve, reject) => {
      const { protocol, hostname, port } = new URL(base);
      const host = hostname.replace(/^\[|\]$/g, '');
      const socket =
        protocol === 'https:'
          ? connectSecurely({ host, port: Number(port || 443), servername: host })
          : connect({ host, port: Number(port || 80) });
      let received = '';
      socket.setEncoding('latin1');
      socket.setTimeout(patienceMs, () => {
        socket.destroy();
        reject(new Error(`nothing came for ${patienceMs / 1000} s; before: ${received.slice(0, 500)}`));
      });
      socket.on(protocol === 'https:' ? 'secureConnect' : 'connect', () => socket.write(bytes, 'latin1'));
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
