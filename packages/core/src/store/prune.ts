import type { Change } from './store.ts';

/** So much is taken out of a log by one change, so that no step keeps others waiting for more than a few milliseconds. */
export const pruneStep = { events: 250, bytes: 1024 * 1024 } as const;

/** An event as far as pruning looks at it. */
export interface Prunable {
  readonly seq: number;
  /** When it happened, milliseconds. */
  readonly at: number;
  /** UTF-8 of its JSON. */
  readonly bytes: number;
}

/**
 * How many of the oldest events one change takes, said once for every store. `oldest` are the first of the log in order,
 * `pruneStep.events + 1` of them or all; `bytes` is what the whole log takes. The newest is never taken: it says how
 * the session stands, and that numbers up to it were given.
 */
export const stepOf = (
  { through = 0, before, maxBytes }: Extract<Change, { kind: 'events-pruned' }>,
  oldest: readonly Prunable[],
  bytes: number,
): number => {
  let count = 0;
  let taken = 0;
  for (const event of oldest.slice(0, -1)) {
    const isDue =
      event.seq <= through ||
      (before !== undefined && event.at < before) ||
      (maxBytes !== undefined && bytes - taken > maxBytes);
    const isTooMuch = count > 0 && (count >= pruneStep.events || taken + event.bytes > pruneStep.bytes);
    if (!isDue || isTooMuch) break;
    count++;
    taken += event.bytes;
  }
  return count;
};
