import type { Duplex } from 'node:stream';
import type { ProblemCode } from '@agent-harbor/api-contract/problem';
import { Problem } from '@agent-harbor/core';
import type { Api } from '../api.ts';
import { payloadText } from '../http/answer.ts';
import { STATUS_CODES } from './node-http.ts';

/**
 * Answers what Node's parser could not read, or has no request for, with the same problem document as everything
 * else, and closes the connection: nobody knows where the next request would begin.
 */
export const refuseRaw = (api: Api, socket: Duplex, problem: Problem): void => {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, payload } = api.fail(
    api.begin({
      method: '',
      target: '',
      headers: [],
      body: async function* () {},
      address:
        'remoteAddress' in socket && typeof socket.remoteAddress === 'string'
          ? socket.remoteAddress
          : undefined,
      signal: new AbortController().signal,
    }),
    problem,
  );
  const body = Buffer.from(payloadText(payload) ?? '');
  const lines = Object.entries({ ...headers, 'content-length': body.length, connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  // The socket may go while we write: then there is nobody left to tell.
  socket.on('error', () => socket.destroy());
  socket.end(
    Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n`), body]),
  );
};

/** What Node's parser says went wrong, as a problem. */
export const parserProblem = (error: NodeJS.ErrnoException): Problem =>
  new Problem(codeOf(error.code), { cause: error });

const codeOf = (code: string | undefined): ProblemCode => {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return 'headers-too-large';
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return 'payload-too-large';
    default:
      return 'malformed-request';
  }
};
