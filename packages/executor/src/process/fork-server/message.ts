import { isList, isRecord, isText } from '../shape.ts';

/**
 * What the server and its fork server say to each other. Both are of one release, unless the programs were replaced under
 * a running server: `ready` says which words the fork server has.
 */
export const forkServerVersion = 1;

/** A program to start. Its channels are the tokens its sockets introduce themselves with, in hexadecimal. */
export interface StartMessage {
  readonly id: number;
  readonly argv: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a fork server tells. */
export type ForkServerMessage =
  | { readonly ready: number }
  | { readonly started: number; readonly pid: number }
  /** By the system's error code, where it gave one. */
  | { readonly failed: number; readonly code: string; readonly words: string }
  /** The exit code; null for a signal. */
  | { readonly ended: number; readonly exitCode: number | null };

/** How a socket introduces itself: so many bytes of chance, known to nobody but the two. */
export const tokenBytes = 16;

export const isStart = (message: unknown): message is StartMessage =>
  isRecord(message) &&
  isNumber(message.id) &&
  isList(message.argv, isText) &&
  (message.cwd === undefined || isText(message.cwd)) &&
  isRecord(message.env) &&
  isList(Object.values(message.env), isText) &&
  (message.stdin === null || isText(message.stdin)) &&
  isText(message.stdout) &&
  isText(message.stderr);

export const isFromForkServer = (message: unknown): message is ForkServerMessage =>
  isRecord(message) &&
  (isNumber(message.ready) ||
    (isNumber(message.started) && isNumber(message.pid)) ||
    (isNumber(message.failed) && isText(message.code) && isText(message.words)) ||
    (isNumber(message.ended) && (message.exitCode === null || isNumber(message.exitCode))));

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value);
