import type { ServerResponse } from 'node:http';
import { type Answer, payloadText } from '../http/answer.ts';
import { createSink } from './sink.ts';

/** Sets what an answer says about itself. Node's own Date would come from another clock than ours. */
export const sendHead = (response: ServerResponse, answer: Answer): void => {
  response.sendDate = false;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
};

/** Writes a whole answer. */
export const send = async (response: ServerResponse, answer: Answer): Promise<void> => {
  if (response.headersSent || answer.payload.kind === 'cut') {
    // Half an answer cannot be mended, only be seen to be broken.
    response.destroy();
    return;
  }
  sendHead(response, answer);
  response.statusCode = answer.status;
  if (answer.payload.kind === 'stream') {
    response.flushHeaders();
    await answer.payload.run(createSink(response));
    return;
  }
  const body = payloadText(answer.payload);
  if (body === undefined) {
    response.end();
    return;
  }
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
};
