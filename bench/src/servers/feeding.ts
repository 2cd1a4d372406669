import { quantile } from '../statistics.ts';

/** What a server was asked to feed to itself. */
export interface FeedWish {
  readonly forMs: number;
  /** Events of one batch. */
  readonly batch: number;
}

const sessions = 20;
/** On a busy machine the time may be over before anything is warm. */
const fewestBatches = 300;

/** Takes batches for the sessions in turn, one at a time, until the time is over; tells how long each waited. */
export const feedBatches = async (
  { forMs, batch }: FeedWish,
  take: (session: number) => Promise<void> | void,
): Promise<{ events: number; p50: number; p99: number }> => {
  const waits: number[] = [];
  const endAt = performance.now() + forMs;
  for (let now = performance.now(); now < endAt || waits.length < fewestBatches; ) {
    await take(waits.length % sessions);
    const then = performance.now();
    waits.push(then - now);
    // The answer to this request must get its turn between batches, as anything else does.
    await new Promise((resolve) => setImmediate(resolve));
    now = performance.now();
  }
  const sorted = waits.toSorted((one, other) => one - other);
  return { events: waits.length * batch, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
};
