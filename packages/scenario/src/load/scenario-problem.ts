import { Problem } from '@agent-harbor/core';

/** A mistake in a scenario: the member it is in, what is wrong with it, and where in the file that is. */
export interface Mistake {
  readonly field: string;
  readonly message: string;
  /** `file:line:column`, when the scenario came from a file. */
  readonly place?: string;
}

/** One problem for all mistakes; its detail is the first of them. */
export const scenarioProblem = (mistakes: readonly [Mistake, ...Mistake[]]): Problem => {
  const fields = new Map<string, string[]>();
  for (const { field, message, place } of mistakes) {
    const whole = place === undefined ? message : `${place}: ${message}`;
    fields.set(field, [...(fields.get(field) ?? []), whole]);
  }
  const [{ field, message, place }] = mistakes;
  const more = mistakes.length > 1 ? ` (and ${mistakes.length - 1} more)` : '';
  return new Problem('invalid-request', {
    detail: `${place === undefined ? '' : `${place}: `}${field}: ${message}${more}`,
    errors: Object.fromEntries(fields),
  });
};
