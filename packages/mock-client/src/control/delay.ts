import type { Method } from './method.ts';

/** Milliseconds on the way there, before the call has any effect, and on the way back. */
export interface Latency {
  readonly call?: number | undefined;
  readonly answer?: number | undefined;
}

/**
 * How long a call takes: a number is the way back. Events of a stream come that much later than they happened; what
 * happened before the stream was opened comes with its answer.
 */
export type Delay = number | Latency;

/** Delays by method; `*` is for every method that has none of its own. */
export type Delays = { readonly [Name in Method | '*']?: Delay | undefined };

export const latencyOf = (delay: Delay = 0): Latency =>
  typeof delay === 'number' ? { answer: delay } : delay;
