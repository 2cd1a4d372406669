import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** One message of a stream, and how many heartbeats and retries came with it. */
export interface ReadStream {
  readonly messages: EventSourceMessage[];
  readonly retries: number[];
  readonly comments: number;
}

/**
 * Reads an event stream until it ends, or `enough` messages are there; then the connection is dropped.
 */
export const readStream = async (
  answer: Response,
  enough = Number.POSITIVE_INFINITY,
): Promise<ReadStream> => {
  const messages: EventSourceMessage[] = [];
  const retries: number[] = [];
  let comments = 0;
  const parser = createParser({
    onEvent: (message) => messages.push(message),
    onRetry: (ms) => retries.push(ms),
    onComment: () => {
      comments++;
    },
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    parser.feed(read.value);
    if (messages.length >= enough) {
      await reader?.cancel();
      break;
    }
  }
  return { messages: messages.slice(0, enough), retries, comments };
};
