import type { Clock, Ids } from '@agent-harbor/core';
import { monotonicFactory } from 'ulid';

/** ULIDs that sort in the order they were made, also within a millisecond. */
export const createIds = (clock: Clock): Ids => {
  const make = monotonicFactory(randomFractions());
  return {
    next: () => make(clock.now()),
    random: () => Math.random(),
  };
};

/** Numbers from 0 up to 1 out of the system's randomness, asked for a page at a time: to ask for each is 20 times as dear. */
const randomFractions = (): (() => number) => {
  const page = new Uint8Array(4096);
  let used = page.length;
  return () => {
    if (used === page.length) {
      crypto.getRandomValues(page);
      used = 0;
    }
    const byte = page[used++] ?? 0;
    return byte / 256;
  };
};
