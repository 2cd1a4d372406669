import type { ServerResponse } from 'node:http';
import { type Answer, payloadText } from '../http/answer.ts';
import { linger } from './linger.ts';
import { createSink } from './sink.ts';

/** Writes a whole answer. */
export const send = async (response: ServerResponse, { status, headers, payload }: Answer): Promise<void> => {
  if (response.headersSent || payload.kind === 'cut') {
    // Half an answer cannot be mended, only be seen to be broken.
    response.destroy();
    return;
  }
  // Node's own Date would come from another clock than ours.
  response.sendDate = false;
  // All at once and in a list: set one by one, every header is looked up, checked and kept twice.
  const head: (string | number)[] = [];
  for (const name in headers) head.push(name, headers[name] ?? '');
  if (payload.kind === 'stream') {
    response.writeHead(status, head);
    response.flushHeaders();
    await payload.run(createSink(response));
    return;
  }
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
