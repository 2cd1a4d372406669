import { type Clock, sleep } from '@agent-harbor/core';
import type { Problem } from '@agent-harbor/core/problem';
import type { MockCall } from './method.ts';
import { latencyFor, leaving, nextGate, type Rules, waitAtGates } from './rules.ts';

/** The way of one stream from the mock to its reader. */
export interface Passage {
  /** Fires when nothing more is to be delivered: the reader left, the mock was closed, or the stream is broken. */
  readonly signal: AbortSignal;
  /** How many items may come before it breaks. Throws when it is broken. */
  allowance(): number;
  /** Resolves when what happened at that time (milliseconds) may be told; undefined when that is now. */
  wait(happenedAt: () => number): Promise<void> | undefined;
  /** Tells that so many items were delivered. */
  count(items: number): void;
  close(): void;
}

export const openPassage = (
  rules: Rules,
  clock: Clock,
  call: MockCall,
  caller: AbortSignal | undefined,
): Passage => {
  const own = new AbortController();
  const signal = AbortSignal.any([own.signal, leaving(rules, caller)]);
  let broken: Problem | undefined;
  let delivered = 0;
  const breakWith = (problem: Problem): void => {
    broken ??= problem;
    own.abort(problem);
  };
  rules.streams.add(breakWith);

  return {
    signal,
    allowance() {
      let fewest = Number.POSITIVE_INFINITY;
      for (const fault of broken === undefined ? rules.faults : []) {
        const left = (fault.itemsBefore(call) ?? Number.POSITIVE_INFINITY) - delivered;
        if (left > 0) fewest = Math.min(fewest, left);
        else {
          breakWith(fault.take());
          break;
        }
      }
      if (broken !== undefined) throw broken;
      return fewest;
    },
    wait(happenedAt) {
      const lateMs = latencyFor(rules, call).answer ?? 0;
      const waitMs = lateMs > 0 ? happenedAt() + lateMs - clock.now() : 0;
      if (waitMs <= 0 && nextGate(rules.gates, call, 'answer') === undefined) return undefined;
      const slept = waitMs > 0 ? sleep(clock, waitMs, signal) : Promise.resolve();
      return slept
        .then(() => waitAtGates(rules, call, 'answer', signal))
        .catch((failure: unknown) => {
          // Who left needs no word of it.
          if (!signal.aborted) throw failure;
        });
    },
    count(items) {
      delivered += items;
    },
    close() {
      rules.streams.delete(breakWith);
    },
  };
};
