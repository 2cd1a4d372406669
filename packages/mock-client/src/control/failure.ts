import type { ProblemCode } from '@agent-harbor/api-contract/problem';
import { Problem } from '@agent-harbor/core/problem';
import type { Method, MockCall, Point } from './method.ts';

/** What fails, how, and how often. */
export interface FailureRule<Name extends Method = Method> {
  readonly problem: ProblemCode | Problem;
  /** How many calls fail; every one, until the failure is taken back, when absent. */
  readonly times?: number | undefined;
  /** Which calls fail; all when absent. */
  when?(call: MockCall<Name>): boolean;
  /**
   * `call`, as when absent: nothing has happened. `answer`: what was asked for has happened, and the answer is lost.
   */
  readonly at?: Point | undefined;
  /** For streams, as `subscribe`: the stream is opened, and breaks after so many items. */
  readonly afterItems?: number | undefined;
}

/** A code or a problem alone fails every call, before it has any effect. */
export type Failure<Name extends Method = Method> = ProblemCode | Problem | FailureRule<Name>;

/** Failures by method; `*` is for every method. */
export type Failures = { readonly [Name in Method]?: Failure<Name> | undefined } & {
  readonly '*'?: Failure | undefined;
};

/** A failure as the calls meet it. */
export interface Fault {
  /** Whether a call fails here, and what of; each one told counts. */
  strike(call: MockCall, at: Point): Problem | undefined;
  /** How many items a stream gives before it breaks; undefined when it does not. */
  itemsBefore(call: MockCall): number | undefined;
  /** The problem, once more. */
  take(): Problem;
}

export const createFault = (method: string, failure: Failure): Fault => {
  const rule: FailureRule =
    typeof failure === 'string' || failure instanceof Problem ? { problem: failure } : failure;
  const { problem, at = 'call', afterItems } = rule;
  let left = rule.times ?? Number.POSITIVE_INFINITY;
  const meets = (call: MockCall) =>
    left > 0 && (method === '*' || method === call.method) && rule.when?.(call) !== false;
  const take = () => {
    left -= 1;
    return asProblem(problem);
  };
  return {
    strike: (call, point) => (afterItems === undefined && point === at && meets(call) ? take() : undefined),
    itemsBefore: (call) => (afterItems !== undefined && meets(call) ? afterItems : undefined),
    take,
  };
};

/** The problem a test asked for; by its code alone it says what every such problem says. */
export const asProblem = (problem: ProblemCode | Problem): Problem =>
  typeof problem === 'string' ? new Problem(problem) : problem;
