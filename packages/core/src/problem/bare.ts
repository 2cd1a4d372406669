import { isProblemCode, type ProblemCode, problemStatus } from '@agent-harbor/api-contract/problem-codes';

/** What is known about one failure beside its code. */
export interface ProblemContext {
  /** One or two sentences for the person who reads it: what happened here. */
  readonly detail?: string;
  /** Field path → what is wrong with it. */
  readonly errors?: Readonly<Record<string, readonly string[]>>;
  /** After how many seconds trying again makes sense (`Retry-After`). */
  readonly retryAfterSeconds?: number;
  /** What happened in general, and its HTTP status, where the code alone does not tell: see `problemFrom`. */
  readonly title?: string;
  readonly status?: number;
  /** Methods the path has (`Allow`), for `method-not-allowed`. */
  readonly allow?: readonly string[];
  /** The request it happened in, when it came over HTTP. */
  readonly requestId?: string;
  /** The failure underneath; never shown to callers. */
  readonly cause?: unknown;
}

/** What people read about a code. */
export interface ProblemWords {
  readonly title: string;
  readonly remedy: string;
}

/** The members of an RFC 9457 document as a reader meets them; newer servers may send codes we do not know. */
export interface ProblemMembers {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly requestId?: string | undefined;
}

/**
 * The one error of the product: server, SDK and mock throw the same class, so a `catch` reads the same everywhere.
 * `code` is from the closed list of the contract; `status`, `title` and `remedy` follow from it.
 *
 * This module knows the codes and not the words about them: `@agent-harbor/core/problem` gives the class its `words`.
 * A browser that loads only this one takes titles from the server, whose `detail` says the remedy too; `remedy` is
 * empty then.
 */
export class Problem extends Error {
  /** The words about each code; those of problems that were made before stay as they are. */
  static words: Readonly<Partial<Record<ProblemCode, ProblemWords>>> = {};

  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
  readonly remedy: string;
  readonly detail: string;
  readonly errors: Readonly<Record<string, readonly string[]>> | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly allow: readonly string[] | undefined;
  readonly requestId: string | undefined;

  constructor(code: ProblemCode, context: ProblemContext = {}) {
    const words = Problem.words[code];
    const title = words?.title ?? context.title ?? code;
    const detail = context.detail ?? title;
    super(`${code}: ${detail}`, context.cause === undefined ? undefined : { cause: context.cause });
    this.code = code;
    this.status = context.status ?? problemStatus[code];
    this.title = title;
    this.remedy = words?.remedy ?? '';
    this.detail = detail;
    this.errors = context.errors;
    this.retryAfterSeconds = context.retryAfterSeconds;
    this.allow = context.allow;
    this.requestId = context.requestId;
  }
}

/** A problem about one field: its path, and what is wrong with it. */
export const fieldProblem = (path: string, message: string): Problem =>
  new Problem('invalid-request', { detail: `${path}: ${message}`, errors: { [path]: [message] } });

/** The `detail` of a document: what happened, and what to do about it, as a document has no member for the remedy. */
export const documentDetail = ({ detail, remedy }: Problem): string =>
  detail.includes(remedy) ? detail : `${/[.!?]$/.test(detail) ? detail : `${detail}.`} ${remedy}`;

/** The problem a reader rebuilds from a document; a code of a newer server becomes `internal` with its text kept. */
export const problemFrom = (members: ProblemMembers, retryAfterSeconds?: number): Problem => {
  const { code, status, title, detail, errors, requestId } = members;
  const rest = { errors, requestId, retryAfterSeconds };
  if (!isProblemCode(code)) return new Problem('internal', { ...rest, status, detail: `${code}: ${detail}` });
  const { remedy = '' } = Problem.words[code] ?? {};
  return new Problem(code, { ...rest, title, detail: withoutRemedy(detail, remedy) });
};

const withoutRemedy = (detail: string, remedy: string): string =>
  remedy && detail.endsWith(` ${remedy}`) ? detail.slice(0, -remedy.length - 1) : detail;

/** What went wrong, in a sentence for people. */
export const reasonOf = (error: unknown): string =>
  error instanceof Problem ? error.detail : error instanceof Error ? error.message : String(error);

/** Throws `aborted` when the caller gave up. */
export const throwIfAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted) throw new Problem('aborted', { cause: signal.reason });
};
