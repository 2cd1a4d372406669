import type { ProblemCode } from '@agent-harbor/api-contract/problem';
import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { fieldProblem, type Problem } from '@agent-harbor/core/problem';
import type { Delay, Delays } from './delay.ts';
import { asProblem, createFault, type Failure, type Failures } from './failure.ts';
import { createGate, type Hold, type HoldOptions } from './hold.ts';
import type { Method } from './method.ts';
import type { Way } from './way.ts';

/** What a test does to the calls of a mock. */
export interface Control {
  /** How long calls of this method take from now on, in milliseconds of the mock's clock. */
  delay(method: Method | '*', delay: Delay): void;
  /** Makes calls fail; of several failures the latest comes first. The returned function takes it back. */
  fail<Name extends Method>(method: Name | '*', failure: Failure<Name>): () => void;
  /** Holds calls back until the test lets them go on, in the order it likes. */
  hold<Name extends Method>(method: Name, options?: HoldOptions<Name>): Hold<Name>;
  /** Breaks every stream that is open now: with `connection-failed` when nothing else is said. */
  cut(problem?: ProblemCode | Problem): void;
  /**
   * Lets the agent of a running session say what no scenario says, or end by a `status` of `completed` or `failed`.
   * Rejects with `wrong-state` when no agent runs in it.
   */
  say(sessionId: string, event: EventBody): Promise<void>;
  /** Takes back every delay and failure, and lets go on what is held. */
  reset(): void;
}

/** What a mock begins with that goes slowly or wrong. */
export interface Troubles {
  /** How long calls take, in milliseconds of the mock's clock. Nothing takes time when absent. */
  readonly delays?: Delays | undefined;
  /** What fails. */
  readonly failures?: Failures | undefined;
}

/** Throws `invalid-request` for the name of any other. */
export const createControl = (
  { rules, methods }: Way,
  say: Control['say'],
  { delays = {}, failures = {} }: Troubles,
): Control => {
  const known = (method: string): void => {
    if (method === '*' || methods.has(method)) return;
    throw fieldProblem(
      'method',
      `there is no call ${JSON.stringify(method)}; say one of ${[...methods].join(', ')}`,
    );
  };
  const delay = (method: string, told: Delay): void => {
    known(method);
    rules.delays.set(method, told);
  };
  const fail = (method: string, failure: Failure): (() => void) => {
    known(method);
    const fault = createFault(method, failure);
    rules.faults = [fault, ...rules.faults];
    return () => {
      rules.faults = rules.faults.filter((other) => other !== fault);
    };
  };
  for (const [method, told] of Object.entries(delays)) if (told !== undefined) delay(method, told);
  for (const [method, failure] of Object.entries(failures)) if (failure !== undefined) fail(method, failure);

  return {
    delay,
    fail,
    hold(method, options = {}) {
      known(method);
      const gate = createGate(method, options);
      rules.gates.add(gate);
      return gate.hold;
    },
    cut(problem = 'connection-failed') {
      for (const breakWith of [...rules.streams]) breakWith(asProblem(problem));
    },
    say,
    reset() {
      rules.delays.clear();
      rules.faults = [];
      for (const gate of rules.gates) gate.open();
      rules.gates.clear();
    },
  };
};
