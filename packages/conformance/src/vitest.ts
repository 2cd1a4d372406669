import { describe, expect, test } from 'vitest';
import { type Opened, runCheck, type Skip, type Suite, skipReasons } from './check.ts';

// Taken before a test can replace it: a skipped check may hang under fake timers.
const realSetTimeout = globalThis.setTimeout;
const realClearTimeout = globalThis.clearTimeout;

/** How a suite meets what it checks. */
export interface DescribeOptions<Context> {
  /** Called once per check. */
  readonly open: () => Promise<Opened<Context>>;
  readonly skip?: readonly Skip[] | undefined;
  /** Milliseconds for one check; a skipped check that takes longer counts as still failing. Default 20,000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Runs a suite in vitest: one test per check. A skipped check is run too: while it fails it is reported as skipped
 * with its reason, when it passes the test fails, so a skip cannot outlive its reason.
 */
export const describeSuite = <Context>(suite: Suite<Context>, options: DescribeOptions<Context>): void => {
  const timeoutMs = options.timeoutMs ?? 20_000;
  describe(suite.name, () => {
    const reasons = skipReasons(suite, options.skip ?? []);
    test('check names are unique', () => {
      const names = suite.checks.map((check) => check.name);
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    });
    for (const check of suite.checks) {
      const reason = reasons.get(check.name);
      if (reason === undefined) {
        test(check.name, { timeout: timeoutMs }, () => runCheck(check, options.open));
      } else {
        test(check.name, { timeout: timeoutMs + 5000 }, async ({ skip }) => {
          if (await stillFails(() => runCheck(check, options.open), timeoutMs)) skip(reason);
          throw new Error(`passes now; remove its skip (${reason})`);
        });
      }
    }
  });
};

const stillFails = async (run: () => Promise<void>, timeoutMs: number): Promise<boolean> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<boolean>((resolve) => {
    timer = realSetTimeout(() => resolve(true), timeoutMs);
  });
  const failed = run().then(
    () => false,
    () => true,
  );
  return Promise.race([failed, tooLong]).finally(() => realClearTimeout(timer));
};
