import type { Problem } from '@agent-harbor/core/problem';
import { type Delay, type Latency, latencyOf } from './delay.ts';
import type { Fault } from './failure.ts';
import type { Gate } from './hold.ts';
import type { MockCall, Point } from './method.ts';

/** What stands between callers and the mock now: the control changes it, calls and streams look at it as they go. */
export interface Rules {
  readonly delays: Map<string, Delay>;
  readonly gates: Set<Gate>;
  /** The latest comes first. */
  faults: readonly Fault[];
  /** Breaks one open stream each. */
  readonly streams: Set<(problem: Problem) => void>;
  /** Fires when the mock is closed. */
  readonly closing: AbortController;
}

export const createRules = (): Rules => ({
  delays: new Map(),
  gates: new Set(),
  faults: [],
  streams: new Set(),
  closing: new AbortController(),
});

export const latencyFor = ({ delays }: Rules, { method }: MockCall): Latency =>
  latencyOf(delays.get(method) ?? delays.get('*'));

/** Waits at every hold that stops the call, until none does or the signal fires. */
export const waitAtGates = async (
  { gates }: Rules,
  call: MockCall,
  at: Point,
  signal: AbortSignal,
): Promise<void> => {
  for (let gate = nextGate(gates, call, at); gate !== undefined; gate = nextGate(gates, call, at)) {
    if (signal.aborted) return;
    await gate.wait(call, signal);
  }
};

export const nextGate = (gates: ReadonlySet<Gate>, call: MockCall, at: Point): Gate | undefined => {
  for (const gate of gates) if (gate.stops(call, at)) return gate;
  return undefined;
};

/** Fires when the caller gives up or the mock is closed. */
export const leaving = ({ closing }: Rules, caller: AbortSignal | undefined): AbortSignal =>
  caller === undefined ? closing.signal : AbortSignal.any([caller, closing.signal]);
