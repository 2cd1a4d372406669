import { type Clock, sleep } from '../clock.ts';
import { isTerminal } from '../session/lifecycle.ts';
import type { Place } from '../store/place.ts';
import type { SessionLog, Store } from '../store/store.ts';

/** So many logs are read at once. */
const pageLogs = 100;
/** Between two pages, so that a walk over a million sessions holds nobody up. */
const restMs = 10;

/**
 * Goes through sessions in the order of their end, and remembers how far it came: one that ends later comes later, so what
 * was dealt with is not looked at again as long as the process lives.
 */
export class EndedWalk {
  private reached: Place | undefined;
  private readonly store: Store;
  private readonly clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Calls `visit` for each session that ended, until it says false: that one is the first of the next walk. */
  async visit(
    signal: AbortSignal,
    visit: (log: SessionLog) => Promise<boolean>,
  ): Promise<'stopped' | 'at the end'> {
    for (;;) {
      const logs = await this.store.logsByUpdate(this.reached, pageLogs);
      if (logs.length === 0) return 'at the end';
      for (const log of logs) {
        // One that lives will move on in this order when it ends.
        if (isTerminal(log.status) && !(await visit(log))) return 'stopped';
        this.reached = log.updated;
      }
      await sleep(this.clock, restMs, signal);
    }
  }

  /** The next walk begins at the beginning. */
  restart(): void {
    this.reached = undefined;
  }
}
