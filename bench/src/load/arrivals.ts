/** How many events came over many streams together. */
export interface Arrivals {
  readonly count: number;
  add(events: number): void;
  /** A stream has ended: whoever waits for its events waits in vain. */
  fail(error: Error): void;
  /** Resolves when so many came; rejects when that takes longer than anything measured here may. */
  until(wanted: number): Promise<void>;
  /** Resolves when nothing comes any more. */
  settled(): Promise<void>;
}

const patienceMs = 30_000;
const quietMs = 200;

export const createArrivals = (): Arrivals => {
  let count = 0;
  let waiting: { readonly wanted: number; resolve(): void; reject(error: Error): void } | undefined;
  const arrivals: Arrivals = {
    get count() {
      return count;
    },
    add(events) {
      count += events;
      if (waiting !== undefined && count >= waiting.wanted) waiting.resolve();
    },
    fail: (error) => waiting?.reject(error),
    async until(wanted) {
      if (count >= wanted) return;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve, reject) => {
        waiting = { wanted, resolve, reject };
        timer = setTimeout(
          () => reject(new Error(`${count} of ${wanted} events came in ${patienceMs / 1000} s.`)),
          patienceMs,
        );
      });
      clearTimeout(timer);
      waiting = undefined;
    },
    async settled() {
      for (let before = -1; before !== count; ) {
        before = count;
        await new Promise((resolve) => setTimeout(resolve, quietMs));
      }
    },
  };
  return arrivals;
};
