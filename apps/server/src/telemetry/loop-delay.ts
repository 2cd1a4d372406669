import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock, Family, Log } from '@agent-harbor/core';

/** How long callbacks waited for their turn lately. */
export interface LoopDelay {
  family(): Family;
  close(): void;
}

export interface LoopDelayOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** The histogram of the platform, of delays in nanoseconds. */
  readonly histogram?: Pick<
    ReturnType<typeof monitorEventLoopDelay>,
    'percentile' | 'max' | 'reset' | 'disable'
  >;
}

/** Over so much time the delays are taken together. */
const windowMs = 10_000;
/** From this on, people notice. */
const worthTellingMs = 1_000;
const quietMs = 60_000;
const resolutionMs = 20;

const quantiles = [0.5, 0.99, 1];

/**
 * Measures how late the event loop is. A delay that somebody notices is logged, at most once a minute: one that stays
 * would fill the log.
 */
export const watchLoopDelay = ({ clock, log, ...given }: LoopDelayOptions): LoopDelay => {
  const histogram = given.histogram ?? startHistogram();
  // It measures from one tick of its own to the next, so the tick itself is no delay.
  const measure = () =>
    quantiles.map((quantile) => Math.max(0, histogram.percentile(quantile * 100) / 1e6 - resolutionMs));
  /** Of the last window; none is over at first. */
  let latest: readonly number[] | undefined;
  let toldAt = Number.NEGATIVE_INFINITY;
  let untold = 0;
  const look = () => {
    // A start loads the program, which takes what it takes.
    const isFirst = latest === undefined;
    latest = measure();
    histogram.reset();
    const longestMs = Math.round(latest?.at(-1) ?? 0);
    if (longestMs >= worthTellingMs && !isFirst) {
      const now = clock.now();
      if (now - toldAt >= quietMs) {
        log.warn('The event loop was held up', { longestMs, withinMs: windowMs, untold });
        toldAt = now;
        untold = 0;
      } else untold += 1;
    }
    cancel = clock.schedule(windowMs, look);
  };
  let cancel = clock.schedule(windowMs, look);
  return {
    family: () => ({
      name: 'agent_harbor_event_loop_delay_seconds',
      help: 'How long callbacks waited for their turn in the last 10 s: half of them, 99 %, and the longest.',
      type: 'gauge',
      samples: (latest ?? measure()).map((ms, index) => ({
        labels: { quantile: String(quantiles[index]) },
        value: ms / 1000,
      })),
    }),
    close() {
      cancel();
      histogram.disable();
    },
  };
};

const startHistogram = () => {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  return histogram;
};
