import { Scenario } from '../format/scenario.ts';
import { flatIssues } from './flat-issues.ts';
import { type Mistake, scenarioProblem } from './scenario-problem.ts';

/**
 * The scenario a value holds, as callers send one inline. Throws `invalid-request` that names every bad member below
 * `root`.
 */
export const parseScenario = (value: unknown, root: string): Scenario => {
  const result = Scenario.safeParse(value);
  if (result.success) return result.data;
  const mistake = (path: readonly (string | number)[], message: string): Mistake => ({
    field: [root, ...path].join('.'),
    message,
  });
  const [first, ...rest] = flatIssues(result.error.issues).map(({ path, message }) => mistake(path, message));
  throw scenarioProblem([first ?? mistake([], 'is not a scenario'), ...rest]);
};
