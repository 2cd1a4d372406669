import type { Clock, Ids } from '@agent-harbor/core';
import { monotonicFactory } from 'ulid';

/** ULIDs that sort in the order they were made, also within a millisecond. */
export const createIds = (clock: Clock): Ids => {
  const make = monotonicFactory();
  return {
    next: () => make(clock.now()),
    random: () => Math.random(),
  };
};
