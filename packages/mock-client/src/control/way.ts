import type { Clock } from '@agent-harbor/core';
import type { Method, MockCall } from './method.ts';
import type { Rules } from './rules.ts';

/** What the callers of a mock go through. */
export interface Way {
  readonly rules: Rules;
  readonly clock: Clock;
  /** The names of all calls. */
  readonly methods: ReadonlySet<string>;
  /** How often each was called. */
  readonly counts: Map<string, number>;
}

/** The next call of a method. */
export const begin = <Name extends Method>(
  { counts }: Way,
  method: Name,
  args: MockCall<Name>['args'],
): MockCall<Name> => {
  const count = (counts.get(method) ?? 0) + 1;
  counts.set(method, count);
  return { method, args, count };
};
