import type { Readable, Writable } from 'node:stream';
import type { AnyMessage, Stream } from '@agentclientprotocol/sdk';
import { createLineSplitter } from '../../journal/line-splitter.ts';
import { isRecord } from '../../process/shape.ts';
import { takeChunks } from './agent-process.ts';

export interface MessageHandlers {
  /** A session update, in its place among the messages: what comes behind it waits until it is taken. */
  update(update: unknown, sessionId: unknown): void;
  /** Something on the agent's output that is no message. */
  noise(line: string): void;
  /** The agent's output cannot be read on; it is not talked with any more. */
  broken(error: unknown): void;
  /** Resolves when more can be taken. */
  room(): Promise<void>;
}

/** No message is larger: it may carry a whole file. */
const messageLimit = 32 * 1024 * 1024;

/**
 * The agent's pipes as messages. Unlike the stream the SDK brings, this one reads no further than the journal can
 * follow, and takes session updates out before the SDK: an update of a newer protocol must be recorded, not refused.
 * `done` resolves when the agent's output has ended.
 */
export const createMessageStream = (
  input: Writable,
  output: Readable,
  handlers: MessageHandlers,
): { readonly stream: Stream; readonly done: Promise<void> } => {
  const messages = new TransformStream<AnyMessage, AnyMessage>();
  /** Requests of ours that wait for an answer. */
  const asked = new Set<unknown>();
  const inward = messages.writable.getWriter();

  const deliver = async (line: Buffer): Promise<void> => {
    const text = line.toString('utf8');
    if (text.trim() === '') return;
    const message = parseMessage(text);
    if (message === undefined) return handlers.noise(text);
    if (!('method' in message))
      return asked.delete(message.id) ? inward.write(message) : handlers.noise(text);
    if (message.method !== 'session/update') {
      // What an agent says besides, and what we take from none, is for those who look.
      const isOurs = 'id' in message || message.method.startsWith('$/');
      return isOurs ? inward.write(message) : handlers.noise(text);
    }
    const { update, sessionId } = isRecord(message.params) ? message.params : {};
    handlers.update(update, sessionId);
  };
  const read = async () => {
    const lines: Buffer[] = [];
    const splitter = createLineSplitter(messageLimit, (line, continued) => {
      if (continued) throw new Error(`it sent a message above ${messageLimit} bytes`);
      lines.push(line);
    });
    await takeChunks(output, async (chunk) => {
      splitter.push(chunk);
      for (const line of lines.splice(0)) await deliver(line);
      await handlers.room();
    });
  };
  const done = read()
    .catch((error: unknown) => handlers.broken(error))
    .then(() => inward.close())
    // The SDK closed the connection before.
    .catch(() => {});

  return { stream: { readable: messages.readable, writable: messageSink(input, asked) }, done };
};

const messageSink = (input: Writable, asked: Set<unknown>): WritableStream<AnyMessage> => {
  // An agent that ended is met as the end of its output.
  input.on('error', () => {});
  return new WritableStream<AnyMessage>({
    write: (message) =>
      new Promise((resolve, reject) => {
        if ('method' in message && 'id' in message) asked.add(message.id);
        input.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
      }),
  });
};

const parseMessage = (text: string): AnyMessage | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isMessage(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const isMessage = (value: unknown): value is AnyMessage =>
  isRecord(value) && value.jsonrpc === '2.0' && ('method' in value || 'id' in value);
