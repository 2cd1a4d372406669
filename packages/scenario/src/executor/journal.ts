import type { AgentExit, JournalBatch, NewEvent } from '@agent-harbor/core';
import { news } from './news.ts';

/** A session's journal in memory. Its offset is the number of events so far. */
export interface MemoryJournal {
  append(events: readonly NewEvent[]): void;
  /** The last word; only the first one counts. */
  end(exit: AgentExit): void;
  readonly ended: boolean;
  readonly events: readonly NewEvent[];
  /** From any offset on, live, as often as one likes: reading changes nothing. */
  read(after: number, signal?: AbortSignal): AsyncIterable<JournalBatch>;
  /** Lets every reader go without a last word. */
  abandon(): void;
}

/** So that a reader far behind does not take thousands of events in one commit. */
const batchEvents = 500;

export const createMemoryJournal = (): MemoryJournal => {
  const events: NewEvent[] = [];
  const waiting = new Set<() => void>();
  let exit: AgentExit | undefined;
  let abandoned = false;

  const wakeAll = () => {
    for (const wake of [...waiting]) wake();
  };

  return {
    append(more) {
      if (exit !== undefined || more.length === 0) return;
      for (const event of more) events.push(event);
      wakeAll();
    },
    end(last) {
      exit ??= last;
      wakeAll();
    },
    get ended() {
      return exit !== undefined;
    },
    events,
    async *read(after, signal) {
      for (let offset = after; ; ) {
        if (signal?.aborted || abandoned) return;
        const due = events.slice(offset, offset + batchEvents);
        offset += due.length;
        const isLast = exit !== undefined && offset >= events.length;
        if (due.length > 0 || isLast) {
          yield { events: due, offset, ...(isLast && exit !== undefined ? { exit } : {}) };
          if (isLast) return;
        } else {
          await news(waiting, signal);
        }
      }
    },
    abandon() {
      abandoned = true;
      wakeAll();
    },
  };
};
