import { Scenario } from '../format/scenario.ts';
import { flatIssues } from './flat-issues.ts';
import { type ScenarioFolder, takeIn } from './folder.ts';
import { applyRules } from './rules.ts';
import { type Mistake, scenarioProblem } from './scenario-problem.ts';
import { type Place, placeIn, plainValue, type Source, Unreadable } from './source.ts';
import type { Symbols } from './symbols.ts';

/** What a scenario's file is read with. */
export interface LoadOptions {
  /** What the conditions of its rules can ask for; nothing when absent. */
  readonly symbols?: Symbols | undefined;
  /** Where it lies. Without one, files it names stay names. */
  readonly folder?: ScenarioFolder | undefined;
}

/** Applies the rules, holds the result against the format, takes in what lies beside the file. */
export const readSource = (
  read: () => Source,
  { symbols = new Map(), folder }: LoadOptions,
  mistake: (at: Place, message: string) => Mistake,
): Scenario => {
  const source = orRefuse(() => applyRules(read(), symbols), mistake);
  const result = Scenario.safeParse(plainValue(source));
  if (!result.success) {
    const [first, ...rest] = flatIssues(result.error.issues).map(({ path, message, atKey }) =>
      mistake(placeIn(source, path, atKey), hint(path.at(-1)) ?? message),
    );
    throw scenarioProblem([first ?? mistake(source.at, 'is not a scenario'), ...rest]);
  }
  if (folder === undefined) return result.data;
  const mistakes: Mistake[] = [];
  const whole = takeIn(result.data, folder, (path, message) =>
    mistakes.push(mistake(placeIn(source, path), message)),
  );
  const [first, ...rest] = mistakes;
  if (first !== undefined) throw scenarioProblem([first, ...rest]);
  return whole;
};

const orRefuse = (work: () => Source, mistake: (at: Place, message: string) => Mistake): Source => {
  try {
    return work();
  } catch (error) {
    if (error instanceof Unreadable) throw scenarioProblem([mistake(error.at, error.message)]);
    throw error;
  }
};

/** What to say about members that are something else than they look. */
const hint = (member: string | number | undefined): string | undefined =>
  member === 'rules'
    ? 'are rules only as a list of { when: …, config: … } or { default: true, config: … }'
    : undefined;
