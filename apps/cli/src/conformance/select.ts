import type { Check } from '@agent-harbor/conformance';
import { usageFailure } from '../failure.ts';

/** Which checks a run has: patterns are parts of `topic: name` in any case, `*` stands for anything. */
export interface Selection {
  readonly only: readonly string[];
  readonly skip: readonly string[];
}

/** The chosen checks in their order. A pattern that fits nothing is a mistake, so it is refused. */
export const select = <Context>(
  checks: readonly Check<Context>[],
  { only, skip }: Selection,
): readonly Check<Context>[] => {
  const fits = (pattern: string) => {
    const words = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
    const expression = new RegExp(words.join('.*'), 'i');
    return ({ topic, name }: Check<Context>) => expression.test(`${topic}: ${name}`);
  };
  for (const [flag, pattern] of [
    ...only.map((pattern) => ['--only', pattern] as const),
    ...skip.map((pattern) => ['--skip', pattern] as const),
  ]) {
    if (pattern === '' || !checks.some(fits(pattern)))
      throw usageFailure(`${flag}: no check fits "${pattern}"`, '--list shows every check.');
  }
  return checks.filter(
    (check) =>
      (only.length === 0 || only.some((pattern) => fits(pattern)(check))) &&
      !skip.some((pattern) => fits(pattern)(check)),
  );
};
