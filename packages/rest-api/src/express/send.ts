import type { ServerResponse } from 'node:http';
import { type Answer, payloadText } from '../http/answer.ts';
import { linger } from './linger.ts';
import { createSink } from './sink.ts';

/**
 * Writes a whole answer. A stream is only begun, and goes on by itself: were it waited for here, everything the request
 * was made of would be kept for as long as its reader stays.
 */
export const send = (response: ServerResponse, answer: Answer): Promise<void> | undefined => {
  const { payload } = answer;
  if (response.headersSent || payload.kind === 'cut') {
    // Half an answer cannot be mended, only be seen to be broken.
    response.destroy();
    return undefined;
  }
  // Node's own Date would come from another clock than ours.
  response.sendDate = false;
  if (payload.kind !== 'stream') return sendWhole(response, answer);
  response.writeHead(answer.status, headOf(answer));
  response.flushHeaders();
  // It never rejects.
  void payload.run(createSink(response));
  return undefined;
};

/** All at once and in a list: set one by one, every header is looked up, checked and kept twice. */
const headOf = ({ headers }: Answer): (string | number)[] => {
  const head: (string | number)[] = [];
  for (const name in headers) head.push(name, headers[name] ?? '');
  return head;
};

const sendWhole = async (response: ServerResponse, answer: Answer): Promise<void> => {
  const { status, headers, payload } = answer;
  const head = headOf(answer);
  const body = payloadText(payload);
  if (body === undefined) {
    response.writeHead(status, head);
    response.end();
    return;
  }
  const length = Buffer.byteLength(body);
  head.push('content-length', length);
  const isLast =
    !response.shouldKeepAlive || headers.connection === 'close' || response.hasHeader('connection');
  response.writeHead(status, head);
  if (isLast && !response.req.complete) {
    response.write(body);
    await linger(response.req);
    response.end();
    return;
  }
  // Most answers are ASCII: then the text is its own bytes, and need not be encoded.
  if (typeof body === 'string' && body.length === length) response.end(body, 'latin1');
  else response.end(body);
};
