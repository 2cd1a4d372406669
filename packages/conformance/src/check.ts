/** One promise of a port, as data: vitest, a command or a web page can run it. */
export interface Check<Context> {
  /** Short, unique in its suite; a skip names it. */
  readonly name: string;
  /** What holds for every implementation that passes. */
  readonly promises: string;
  /** The part of the suite it belongs to; reports are grouped by it. */
  readonly topic?: string | undefined;
  /** Resolves when the promise holds, rejects (best with `CheckFailed`) when it does not. */
  readonly run: (context: Context) => Promise<void>;
}

/** Everything an implementation of one port promises. */
export interface Suite<Context> {
  readonly name: string;
  readonly checks: readonly Check<Context>[];
}

/** The checks of one part of a suite. */
export const topic = <Context>(name: string, checks: readonly Check<Context>[]): readonly Check<Context>[] =>
  checks.map((check) => ({ ...check, topic: name }));

/** Thrown by a check that needs what this implementation does not have: then it neither holds nor fails. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/** What became of one check. */
export type Verdict =
  | { readonly kind: 'holds' }
  | { readonly kind: 'fails'; readonly error: unknown }
  | { readonly kind: 'not-applicable'; readonly reason: string };

/** A fresh implementation for one check, and how it is put away. */
export interface Opened<Context> {
  readonly context: Context;
  /** Gives back what it took; called once, whatever the check said. */
  readonly close: () => Promise<void>;
}

/** Checks an implementation does not pass yet, and why. A skip that starts to pass is a failure. */
export interface Skip {
  readonly reason: string;
  /** Names of checks. */
  readonly checks: readonly string[];
}

/** Runs one check on its own implementation, which is closed whatever happens; the check's failure counts first. */
export const runCheck = async <Context>(
  check: Check<Context>,
  open: () => Promise<Opened<Context>>,
): Promise<void> => {
  const opened = await open();
  try {
    await check.run(opened.context);
  } catch (failure) {
    await opened.close().catch(() => undefined);
    throw failure;
  }
  await opened.close();
};

/** The same, with the failure as a value. */
export const judge = async <Context>(
  check: Check<Context>,
  open: () => Promise<Opened<Context>>,
): Promise<Verdict> => {
  try {
    await runCheck(check, open);
    return { kind: 'holds' };
  } catch (error) {
    return error instanceof NotApplicable
      ? { kind: 'not-applicable', reason: error.message }
      : { kind: 'fails', error };
  }
};

/** The reason to skip each check; throws when a skip names a check that does not exist. */
export const skipReasons = <Context>(suite: Suite<Context>, skips: readonly Skip[]): Map<string, string> => {
  const known = new Set(suite.checks.map((check) => check.name));
  const reasons = new Map<string, string>();
  for (const { reason, checks } of skips) {
    for (const name of checks) {
      if (!known.has(name)) throw new Error(`Suite ${suite.name} has no check named: ${name}`);
      reasons.set(name, reason);
    }
  }
  return reasons;
};
