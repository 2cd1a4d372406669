import type { ProblemCode } from '@agent-harbor/api-contract/problem';
import type { Problem } from '@agent-harbor/core/problem';
import { asProblem } from './failure.ts';
import type { Method, MockCall, Point } from './method.ts';

/** Which calls are held, and where. */
export interface HoldOptions<Name extends Method = Method> {
  /**
   * `answer`, as when absent: the call has happened and its answer is held back, or what a stream delivers. `call`: it
   * has not happened.
   */
  readonly at?: Point | undefined;
  /** Which calls are held; all when absent. */
  when?(call: MockCall<Name>): boolean;
}

/** A call that waits for the test. */
export interface HeldCall<Name extends Method = Method> extends MockCall<Name> {
  /** Lets it go on. */
  release(): void;
  /** Lets it fail. */
  fail(problem: ProblemCode | Problem): void;
}

/** Calls that are held back, so that a test says in which order they go on. */
export interface Hold<Name extends Method = Method> {
  /** Those that wait now, in the order in which they came. */
  readonly calls: readonly HeldCall<Name>[];
  /** Resolves with the calls that wait, as soon as there are so many. */
  until(count: number): Promise<readonly HeldCall<Name>[]>;
  /** Holds no further call, and lets those go on that wait. */
  end(): void;
}

/** A hold as the calls meet it. */
export interface Gate {
  /** Whether the call has to wait here. */
  stops(call: MockCall, at: Point): boolean;
  /** Resolves when the call may go on or the signal fires; rejects when it shall fail. */
  wait(call: MockCall, signal: AbortSignal): Promise<void>;
  /** Stops nobody any more. */
  open(): void;
}

export const createGate = <Name extends Method>(
  method: Name,
  options: HoldOptions<Name>,
): Gate & { readonly hold: Hold<Name> } => {
  const isMeant = (call: MockCall): call is MockCall<Name> => call.method === method;
  const point = options.at ?? 'answer';
  const passed = new WeakSet<MockCall>();
  const watchers = new Set<() => void>();
  let waiting: readonly HeldCall<Name>[] = [];
  let isOpen = false;

  const wait: Gate['wait'] = (call, signal) =>
    new Promise((resolve, reject) => {
      if (!isMeant(call)) return resolve();
      const leave = (): void => {
        signal.removeEventListener('abort', release);
        waiting = waiting.filter((other) => other !== held);
        passed.add(call);
      };
      const release = (): void => {
        leave();
        resolve();
      };
      const held: HeldCall<Name> = {
        ...call,
        release,
        fail(problem) {
          leave();
          reject(asProblem(problem));
        },
      };
      signal.addEventListener('abort', release, { once: true });
      waiting = [...waiting, held];
      for (const watch of [...watchers]) watch();
    });

  const open = (): void => {
    isOpen = true;
    for (const call of waiting) call.release();
  };

  return {
    stops: (call, at) =>
      !isOpen && at === point && isMeant(call) && !passed.has(call) && options.when?.(call) !== false,
    wait,
    open,
    hold: {
      get calls() {
        return waiting;
      },
      until: (count) =>
        new Promise((resolve) => {
          const watch = (): void => {
            if (waiting.length < count) return;
            watchers.delete(watch);
            resolve(waiting);
          };
          watchers.add(watch);
          watch();
        }),
      end: open,
    },
  };
};
