import type { ProblemCode } from '@agent-harbor/api-contract/problem';
import { Problem } from '@agent-harbor/core/problem';
import { type ExitCode, type ExitReason, exitCodes } from './exit-code.ts';
import { safeJson } from './terminal/clean.ts';
import { paint, type Text } from './terminal/text.ts';

/** A failure in words for people: what happened, what it means, what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;
  readonly detail: string | undefined;
  readonly remedy: string | undefined;

  constructor(
    exit: ExitReason,
    words: { happened: string; detail?: string | undefined; remedy?: string | undefined; cause?: unknown },
  ) {
    super(words.happened, words.cause === undefined ? undefined : { cause: words.cause });
    this.exitCode = exitCodes[exit];
    this.detail = words.detail;
    this.remedy = words.remedy;
  }
}

/** A command line that cannot be understood. */
export const usageFailure = (detail: string, remedy = 'Add --help to see what there is.'): Failure =>
  new Failure('validation', { happened: 'The command line cannot be understood', detail, remedy });

const codesOf: Readonly<Partial<Record<ProblemCode, ExitReason>>> = {
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

/** Where the remedy of the contract speaks of requests, and a person at a terminal has commands. */
const remedies: Readonly<Partial<Record<ProblemCode, string>>> = {
  'invalid-request': 'Correct what is named above.',
  'unsupported-choice':
    '`ah remote agents`, `ah remote runtimes` and `ah remote executors` show what there is.',
  unauthorized:
    'On the same machine the key is found by itself: name the state directory of the server with --state-dir. Else give --api-key or AH_API_KEY.',
  'session-not-found': '`ah session list` shows the sessions, with --archived also cancelled ones.',
  'session-ended': '`ah session get` says how it ended; `ah task` launches another one.',
  'approval-not-found': '`ah session approvals` shows what is open, with --state all what was answered, too.',
  'message-not-found': '`ah session chat` shows the messages with their ids.',
  'pause-unsupported': '`ah session stop` ends the session instead.',
  'prompt-unsupported': 'Launch a new task with `ah task`; agents of the type acp take prompts.',
  'file-not-found': '`ah session files` lists what a session changed.',
  'agent-not-found': '`ah remote agents` lists the agents.',
  'repository-not-found': '`ah repo list` shows the repositories, `ah repo add` adds one.',
  'workspace-not-found': '`ah remote workspaces` lists the workspaces.',
  'webhook-not-found': '`ah webhook list` shows the webhooks.',
  'draft-not-found': '`ah draft list` shows the drafts.',
  'not-ready': 'Try again in a moment; `ah health` gives the reasons.',
};

/** Whether a call was given up, as only an interrupt makes us do. */
export const isAborted = (error: unknown): boolean => error instanceof Problem && error.code === 'aborted';

/** Any failure as the exit code it means. */
export const exitCodeOf = (error: unknown): ExitCode => {
  if (error instanceof Failure) return error.exitCode;
  if (error instanceof Problem) return exitCodes[codesOf[error.code] ?? 'general'];
  return exitCodes.general;
};

/** Any failure for people, a line each. */
export const describeFailure = (error: unknown, program = 'ah'): readonly Text[] => {
  const { happened, lines } = wordsOf(error);
  const head = [paint('red', `${program}: `), paint('bold', happened)];
  return [head, ...lines.flatMap((line) => line.split('\n')).map((line) => `  ${line}`)];
};

/** Any failure as `{ error }` for scripts. */
export const failureJson = (error: unknown): string => {
  if (error instanceof Problem) {
    const { code, status, title, detail, errors, requestId } = error;
    const remedy = remedies[code] ?? error.remedy;
    return safeJson({ error: { code, status, title, detail, remedy, errors, requestId } });
  }
  if (error instanceof Failure) {
    const { message: title, detail, remedy } = error;
    return safeJson({ error: { title, detail, remedy } });
  }
  const { happened, lines } = wordsOf(error);
  return safeJson({ error: { title: happened, detail: lines.join('\n') } });
};

const wordsOf = (error: unknown): { happened: string; lines: readonly string[] } => {
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
        remedies[error.code] ?? error.remedy,
        ...(error.requestId === undefined ? [] : [`(request ${error.requestId})`]),
      ],
    };
  }
  if (error instanceof Failure) {
    const { message, detail, remedy } = error;
    return { happened: message, lines: [detail, remedy].filter((line) => line !== undefined) };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && error.stack !== undefined ? [error.stack] : [];
  return { happened: `Something went wrong that should not: ${message}`, lines: stack };
};
