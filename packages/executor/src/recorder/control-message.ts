import type { ContentBlock } from '@agent-harbor/api-contract/schemas';
import type { PermissionAnswer } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import { isList, isRecord, isText } from '../process/shape.ts';

/**
 * What server and recorder say to each other over the local socket: one JSON object per line. The recorder speaks
 * first. A newer side may add members and commands, so unknown members are ignored and unknown commands refused.
 * Version 1 knows `stop` and `kill` only; since version 2 there are the other commands, and refusals carry a code; since
 * version 3 there are terminals.
 */
export const controlVersion = 3;

/** From the recorder. */
export type Notice =
  /** Once, at the beginning. */
  | {
      readonly hello: {
        readonly version: number;
        readonly sessionId: string;
        readonly durable: number;
        /** As in `shown`. */
        readonly shown?: number;
      };
    }
  /** The journal's size on the disk. */
  | { readonly durable: number }
  /** The number of the last frame of the session's terminal. */
  | { readonly shown: number }
  /** The command with this id is written down in the journal, and carried out once. */
  | { readonly taken: string }
  /** The command with this id cannot be carried out. Without a code the recorder, which is older, does not know it. */
  | {
      readonly refused: string;
      readonly reason: string;
      readonly code?: string;
      readonly errors?: FieldErrors;
    };

type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** From the server. `id` is the sender's: a command sent again with the same id happens once. */
export type Command =
  | { readonly id: string; readonly command: 'stop'; readonly graceMs: number }
  | { readonly id: string; readonly command: 'kill' }
  /** Taken once every process of the session stands still. */
  | { readonly id: string; readonly command: 'pause' }
  | { readonly id: string; readonly command: 'resume' }
  /** `text` is the prompt as it is told in the journal. */
  | {
      readonly id: string;
      readonly command: 'prompt';
      readonly blocks: readonly ContentBlock[];
      readonly text: string;
      readonly author: string;
      /** The model to use from here on. Recorders that do not know it keep theirs, and have offered none. */
      readonly model?: string;
    }
  | ({ readonly id: string; readonly command: 'answer' } & Omit<PermissionAnswer, 'id'>)
  | TerminalCommand;

/** What is done at the session's terminal. Taken once for its id as all others, but not written down: it may be a secret. */
export type TerminalCommand =
  /** `data` is base64. */
  | { readonly id: string; readonly command: 'type'; readonly data: string }
  | { readonly id: string; readonly command: 'resize'; readonly cols: number; readonly rows: number };

export const isTerminalCommand = (command: Command): command is TerminalCommand =>
  command.command === 'type' || command.command === 'resize';

/** How the ids of prompts begin, so that they are those of no other command. What follows is the caller's. */
export const promptMark = 'prompt-';

/** No command is longer, in bytes. */
export const commandLimit = 1024 * 1024;

export const readNotice = (line: Buffer): Notice | undefined => {
  const value = parseLine(line);
  if (value === undefined) return undefined;
  const { hello, durable, shown, taken, refused, reason, code, errors } = value;
  if (isRecord(hello)) {
    const { version, sessionId, durable: size, shown: frames } = hello;
    if (typeof version !== 'number' || !isText(sessionId) || typeof size !== 'number') return undefined;
    const more = typeof frames === 'number' ? { shown: frames } : {};
    return { hello: { version, sessionId, durable: size, ...more } };
  }
  if (typeof durable === 'number') return { durable };
  if (typeof shown === 'number') return { shown };
  if (isText(taken)) return { taken };
  if (!isText(refused)) return undefined;
  return {
    refused,
    reason: isText(reason) ? reason : 'It gave no reason.',
    ...(isText(code) ? { code } : {}),
    ...(isFieldErrors(errors) ? { errors } : {}),
  };
};

/** The command, or the id of one that is not understood. */
export const readCommand = (line: Buffer): Command | { readonly unknown: string } | undefined => {
  const value = parseLine(line);
  if (value === undefined || !isText(value.id)) return undefined;
  const { id, command } = value;
  if (command === 'kill' || command === 'pause' || command === 'resume') return { id, command };
  if (command === 'stop') return readStop(id, value);
  if (command === 'prompt') return readPrompt(id, value);
  if (command === 'answer') return readAnswer(id, value);
  if (command === 'type') return readTyping(id, value);
  if (command === 'resize') return readResizing(id, value);
  return { unknown: id };
};

type Members = Readonly<Record<string, unknown>>;

const readStop = (id: string, { graceMs }: Members) =>
  typeof graceMs === 'number' && graceMs >= 0 ? ({ id, command: 'stop', graceMs } as const) : { unknown: id };

const readPrompt = (id: string, { blocks, text, author, model }: Members) =>
  isList(blocks, isBlock) && isText(text) && isText(author)
    ? ({ id, command: 'prompt', blocks, text, author, ...(isText(model) ? { model } : {}) } as const)
    : { unknown: id };

const readAnswer = (id: string, { approvalId, choice, by, note }: Members) => {
  const given = isRecord(choice) ? readChoice(choice) : undefined;
  if (!isText(approvalId) || given === undefined || !isText(by)) return { unknown: id };
  const answer = { id, command: 'answer', approvalId, choice: given, by } as const;
  return isText(note) ? { ...answer, note } : answer;
};

const readTyping = (id: string, { data }: Members) =>
  isText(data) ? ({ id, command: 'type', data } as const) : { unknown: id };

const readResizing = (id: string, size: Members) => {
  const { cols, rows } = size;
  return isLength(cols) && isLength(rows)
    ? ({ id, command: 'resize', cols, rows } as const)
    : { unknown: id };
};

/** What a terminal can be long or high; the kernel keeps it in 16 bits. */
export const isLength = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1000;

const readChoice = ({ optionId, outcome }: Members) => {
  if (isText(optionId)) return { optionId };
  return outcome === 'allowed' || outcome === 'denied' ? ({ outcome } as const) : undefined;
};

const isBlock = (value: unknown): value is ContentBlock => isRecord(value) && isText(value.type);

/** What went wrong with a command, for the one who sent it. */
export const refusalOf = (id: string, error: unknown): Notice => {
  const { detail, code, errors } =
    error instanceof Problem ? error : new Problem('internal', { detail: String(error) });
  return { refused: id, reason: detail, code, ...(errors === undefined ? {} : { errors }) };
};

const isFieldErrors = (value: unknown): value is FieldErrors =>
  isRecord(value) && Object.values(value).every((messages) => isList(messages, isText));

export const encodeMessage = (message: Notice | Command): string => `${JSON.stringify(message)}\n`;

const parseLine = (line: Buffer): Members | undefined => {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
