import { isRecord, isText } from '../process/shape.ts';

/**
 * What server and recorder say to each other over the local socket: one JSON object per line. The recorder speaks
 * first. A newer side may add members and commands, so unknown members are ignored and unknown commands refused.
 */
export const controlVersion = 1;

/** From the recorder. */
export type Notice =
  /** Once, at the beginning. */
  | { readonly hello: { readonly version: number; readonly sessionId: string; readonly durable: number } }
  /** The journal's size on the disk. */
  | { readonly durable: number }
  /** The command with this id is written down in the journal, and carried out once. */
  | { readonly taken: string }
  /** The command with this id cannot be carried out. */
  | { readonly refused: string; readonly reason: string };

/** From the server. `id` is the sender's: a command sent again with the same id happens once. */
export type Command =
  | { readonly id: string; readonly command: 'stop'; readonly graceMs: number }
  | { readonly id: string; readonly command: 'kill' };

export const readNotice = (line: Buffer): Notice | undefined => {
  const value = parseLine(line);
  if (value === undefined) return undefined;
  const { hello, durable, taken, refused, reason } = value;
  if (isRecord(hello)) {
    const { version, sessionId, durable: size } = hello;
    if (typeof version !== 'number' || !isText(sessionId) || typeof size !== 'number') return undefined;
    return { hello: { version, sessionId, durable: size } };
  }
  if (typeof durable === 'number') return { durable };
  if (isText(taken)) return { taken };
  if (isText(refused)) return { refused, reason: isText(reason) ? reason : 'It gave no reason.' };
  return undefined;
};

/** The command, or the id of one that is not understood. */
export const readCommand = (line: Buffer): Command | { readonly unknown: string } | undefined => {
  const value = parseLine(line);
  if (value === undefined || !isText(value.id)) return undefined;
  const { id, command, graceMs } = value;
  if (command === 'kill') return { id, command };
  if (command === 'stop' && typeof graceMs === 'number' && graceMs >= 0) return { id, command, graceMs };
  return { unknown: id };
};

export const encodeMessage = (message: Notice | Command): string => `${JSON.stringify(message)}\n`;

const parseLine = (line: Buffer): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
