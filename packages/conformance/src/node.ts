import { connect, isIP } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { Exchange } from './wire/context.ts';

/** How patient an exchange is, in milliseconds. */
export interface Patience {
  /** How long a server may be silent; 20 s when absent. */
  readonly silenceMs?: number | undefined;
  /** How long a whole exchange may take, as a stream is never silent for long; 60 s when absent. */
  readonly wholeMs?: number | undefined;
}

/** More than any answer a check asks for. */
const mostBytes = 64 * 1024 * 1024;

/** What is sent at once, and how long the rest waits, in milliseconds. */
const pieceBytes = 64 * 1024;
const hesitationMs = 1_000;

/** The `exchange` of the wire suite over a socket, to the server at `base`. */
export const createExchange =
  (base: string, { silenceMs = 20_000, wholeMs = 60_000 }: Patience = {}): Exchange =>
  (bytes, isEnough) =>
    new Promise((resolve, reject) => {
      const { protocol, hostname, port } = new URL(base);
      const host = hostname.replace(/^\[|\]$/g, '');
      const socket =
        protocol === 'https:'
          ? connectSecurely({ host, port: Number(port || 443), ...(isIP(host) ? {} : { servername: host }) })
          : connect({ host, port: Number(port || 80) });
      let received = '';
      let hesitation: ReturnType<typeof setTimeout> | undefined;
      const giveUp = (reason: string) => {
        socket.destroy();
        reject(new Error(`${reason}; before: ${received.slice(0, 500)}`));
      };
      const deadline = setTimeout(() => giveUp(`the answer has no end after ${wholeMs / 1000} s`), wholeMs);
      socket.setEncoding('latin1');
      socket.setTimeout(silenceMs, () => giveUp(`nothing came for ${silenceMs / 1000} s`));
      // A server may refuse a long request by its head and close; whoever still writes then loses the answer. So the
      // rest waits until the server had time to say so.
      const rest = bytes.slice(pieceBytes);
      const writeRest = () => {
        if (rest !== '' && received === '' && !socket.destroyed) socket.write(rest, 'latin1');
      };
      const begin = () => {
        socket.write(bytes.slice(0, pieceBytes), 'latin1');
        if (rest !== '') hesitation = setTimeout(writeRest, hesitationMs);
      };
      socket.on(protocol === 'https:' ? 'secureConnect' : 'connect', begin);
      socket.on('data', (chunk) => {
        received += chunk;
        if (received.length > mostBytes) giveUp(`the answer is larger than ${mostBytes} bytes`);
        else if (isEnough?.(received)) socket.destroy();
      });
      socket.on('close', () => {
        clearTimeout(deadline);
        clearTimeout(hesitation);
        resolve(received);
      });
      // A server that refuses a request may close while we still write: its answer counts.
      socket.on('error', (error) => {
        if (received === '') reject(error);
      });
    });

/** How often one request is repeated, and the longest wait before it, in seconds. */
const repetitions = 3;
const longestWait = 120;

/** An exchange that waits when the server says that it was asked too much: a 429 says nothing about a promise. */
export const heedingLimits =
  (exchange: Exchange): Exchange =>
  async (bytes, isEnough) => {
    for (let turn = 0; ; turn++) {
      const received = await exchange(bytes, isEnough);
      const seconds = Number(/^HTTP\/1\.1 429 [\s\S]*?\r\nretry-after: *(\d+)\r\n/i.exec(received)?.[1]);
      if (!(seconds <= longestWait) || turn >= repetitions) return received;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  };
