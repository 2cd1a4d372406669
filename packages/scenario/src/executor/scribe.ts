import type { EventBody } from '@agent-harbor/api-contract/schemas';
import type { Clock, NewEvent } from '@agent-harbor/core';
import type { MemoryJournal } from './journal.ts';

/** Writes a journal: what is said within one moment is appended together. */
export interface Scribe {
  say(...bodies: readonly EventBody[]): void;
  flush(): void;
}

export const createScribe = (journal: MemoryJournal, clock: Clock): Scribe => {
  const said: NewEvent[] = [];
  return {
    say(...bodies) {
      for (const body of bodies) said.push({ at: clock.now(), body });
    },
    flush() {
      if (said.length > 0) journal.append(said.splice(0));
    },
  };
};
