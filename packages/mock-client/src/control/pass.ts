import { type Clock, sleep } from '@agent-harbor/core';
import { throwIfAborted } from '@agent-harbor/core/problem';
import type { MockCall, Point } from './method.ts';
import { latencyFor, leaving, type Rules, waitAtGates } from './rules.ts';

/** Resolves when the call may go on; rejects with what it shall fail of, or with `aborted` when the caller gives up. */
export const pass = async (
  rules: Rules,
  clock: Clock,
  call: MockCall,
  at: Point,
  caller: AbortSignal | undefined,
): Promise<void> => {
  const waitMs = latencyFor(rules, call)[at] ?? 0;
  if (waitMs > 0) await sleep(clock, waitMs, leaving(rules, caller));
  if (rules.gates.size > 0) {
    const signal = leaving(rules, caller);
    await waitAtGates(rules, call, at, signal);
    throwIfAborted(signal);
  }
  for (const fault of rules.faults) {
    const problem = fault.strike(call, at);
    if (problem !== undefined) throw problem;
  }
};
