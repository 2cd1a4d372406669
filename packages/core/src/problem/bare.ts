import type { ProblemCode } from '@agent-harbor/api-contract/problem';

/** What is known about one failure beside its code. */
export interface ProblemContext {
  /** One or two sentences for the person who reads it: what happened here. */
  readonly detail?: string;
  /** Field path → what is wrong with it. */
  readonly errors?: Readonly<Record<string, readonly string[]>>;
  /** After how many seconds trying again makes sense (`Retry-After`). */
  readonly retryAfterSeconds?: number;
  /** What happened in general, and its HTTP status, where the table does not tell: see `problemFrom`. */
  readonly title?: string;
  readonly status?: number;
  /** Methods the path has (`Allow`), for `method-not-allowed`. */
  readonly allow?: readonly string[];
  /** The request it happened in, when it came over HTTP. */
  readonly requestId?: string;
  /** The failure underneath; never shown to callers. */
  readonly cause?: unknown;
}

/** What follows from a code. */
export interface ProblemFacts {
  readonly status: number;
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
 * `code` is from the closed list of the contract, or was sent by a newer server; `status`, `title` and `remedy` follow
 * from it.
 *
 * This module does not know the table of codes: `@agent-harbor/core/problem` gives it to the class. A browser that
 * loads only this one has status and title from the server, whose `detail` says the remedy too; `remedy` is empty then.
 */
export class Problem extends Error {
  /** What follows from each code; problems that were made before stay as they are. */
  static facts: Readonly<Partial<Record<string, ProblemFacts>>> = {};

  declare readonly name: 'Problem';
  declare readonly code: ProblemCode;
  declare readonly status: number;
  declare readonly title: string;
  declare readonly remedy: string;
  declare readonly detail: string;
  declare readonly errors: Readonly<Record<string, readonly string[]>> | undefined;
  declare readonly retryAfterSeconds: number | undefined;
  declare readonly allow: readonly string[] | undefined;
  declare readonly requestId: string | undefined;

  constructor(code: ProblemCode, { cause, ...context }: ProblemContext = {}) {
    const facts = { status: 500, title: code, remedy: '', ...context, ...Problem.facts[code] };
    const detail = context.detail ?? facts.title;
    super(`${code}: ${detail}`, cause === undefined ? undefined : { cause });
    // Not as fields: browsers load every line of this.
    Object.assign(this, { name: 'Problem', code }, facts, { detail });
  }
}

/** A problem about one field: its path, and what is wrong with it. */
export const fieldProblem = (path: string, message: string): Problem =>
  new Problem('invalid-request', {
    status: 400,
    detail: `${path}: ${message}`,
    errors: { [path]: [message] },
  });

/** The `detail` of a document: what happened, and what to do about it, as a document has no member for the remedy. */
export const documentDetail = ({ detail, remedy }: Problem): string =>
  detail.includes(remedy) ? detail : `${/[.!?]$/.test(detail) ? detail : `${detail}.`} ${remedy}`;

/**
 * The problem a reader rebuilds from a document. A code of a newer server stays as it is, with the words it came with:
 * a program may know it although this one does not.
 */
export const problemFrom = (members: ProblemMembers, retryAfterSeconds?: number): Problem => {
  const { status, title, detail, errors, requestId } = members;
  const code = members.code as ProblemCode;
  const remedy = ` ${Problem.facts[code]?.remedy ?? ''}`;
  const isTold = detail.endsWith(remedy);
  return new Problem(code, {
    status,
    title,
    detail: isTold ? detail.slice(0, -remedy.length) : detail,
    errors,
    requestId,
    retryAfterSeconds,
  });
};

/** What went wrong, in a sentence for people. */
export const reasonOf = (error: unknown): string =>
  error instanceof Problem ? error.detail : error instanceof Error ? error.message : String(error);

/** Throws `aborted` when the caller gave up. */
export const throwIfAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted) throw new Problem('aborted', { cause: signal.reason });
};
