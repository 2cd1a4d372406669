import type { Answer } from './answer.ts';

/** A request that was let in, as those see it who stand around its answer. */
export interface Visit {
  /** Where the route stands in the contract: `sessions.stop`. */
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  /** Fires when the caller is gone. */
  readonly signal: AbortSignal;
}

/**
 * Gives the answer in place of the pipeline: `proceed` carries the request out and gives the answer it would have got,
 * problems included. What is rejected with a problem becomes its document.
 */
export type Around = (proceed: () => Promise<Answer>) => Promise<Answer>;
