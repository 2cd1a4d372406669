import type { ProblemCode } from '@agent-harbor/api-contract/problem';
import { Problem } from '@agent-harbor/core/problem';
import { CommanderError } from 'commander';
import { oneLine, safeJson, sanitise } from './terminal/sanitise.ts';
import type { Style } from './terminal/style.ts';

/** What the exit code of `ah` says. */
export const exitCodes = {
  ok: 0,
  general: 1,
  repository: 2,
  launch: 3,
  auth: 4,
  network: 5,
  resource: 6,
  validation: 7,
  config: 8,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A failure in words for people: what happened, what it means, what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;
  readonly detail: string | undefined;
  readonly remedy: string | undefined;

  constructor(
    exitCode: keyof typeof exitCodes,
    words: { happened: string; detail?: string | undefined; remedy?: string | undefined; cause?: unknown },
  ) {
    super(words.happened, words.cause === undefined ? undefined : { cause: words.cause });
    this.exitCode = exitCodes[exitCode];
    this.detail = words.detail;
    this.remedy = words.remedy;
  }
}

const codesOf: Readonly<Partial<Record<ProblemCode, keyof typeof exitCodes>>> = {
  unauthorized: 'auth',
  forbidden: 'auth',
  'connection-failed': 'network',
  'not-ready': 'network',
  'misdirected-request': 'network',
  'rate-limited': 'resource',
  'storage-full': 'resource',
  'payload-too-large': 'resource',
  'unsupported-choice': 'launch',
  'repository-not-found': 'repository',
  'invalid-request': 'validation',
  'idempotency-key-reused': 'validation',
  'malformed-body': 'validation',
  'malformed-request': 'validation',
  aborted: 'interrupted',
};

/** Any failure as the exit code it means. */
export const exitCodeOf = (error: unknown): ExitCode => {
  if (error instanceof Failure) return error.exitCode;
  if (error instanceof Problem) return exitCodes[codesOf[error.code] ?? 'general'];
  // Commander has said what is wrong with the command line.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.validation;
  return exitCodes.general;
};

/** Any failure as text for standard error. */
export const describeFailure = (error: unknown, style: Style): string => {
  const { happened, lines } = wordsOf(error);
  const head = `${style('red', 'ah:')} ${style('bold', oneLine(happened))}`;
  return `${[head, ...lines.flatMap((line) => sanitise(line).split('\n')).map((line) => `  ${line}`)].join('\n')}\n`;
};

/** Any failure as `{ error }` for scripts. */
export const failureJson = (error: unknown): string => {
  if (error instanceof Problem) {
    const { code, status, title, detail, remedy, errors, requestId } = error;
    return safeJson({ error: { code, status, title, detail, remedy, errors, requestId } });
  }
  const { happened, lines } = wordsOf(error);
  return safeJson({ error: { title: happened, detail: lines.join('\n') } });
};

const wordsOf = (error: unknown): { happened: string; lines: string[] } => {
  if (error instanceof Problem) {
    const fields = Object.entries(error.errors ?? {}).map(
      ([field, messages]) => `${field}: ${messages.join('; ')}`,
    );
    // The detail of a problem with fields repeats the first of them.
    const detail = fields.length > 0 ? fields : [error.detail];
    return {
      happened: error.title,
      lines: [
        ...detail.filter((line) => line !== error.title),
        error.remedy,
        ...(error.requestId === undefined ? [] : [`(request ${error.requestId})`]),
      ],
    };
  }
  if (error instanceof Failure) {
    return {
      happened: error.message,
      lines: [error.detail, error.remedy].filter((line) => line !== undefined),
    };
  }
  if (error instanceof CommanderError) {
    return { happened: error.message.replace(/^error: /, ''), lines: ['Add --help to see what there is.'] };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && error.stack !== undefined ? [error.stack] : [];
  return { happened: `Something went wrong that should not: ${message}`, lines: stack };
};
