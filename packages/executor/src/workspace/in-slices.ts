import { setImmediate as breathe } from 'node:timers/promises';
import { throwIfAborted } from '@agent-harbor/core';

/** How many items are looked at in one turn: some milliseconds, also where each takes a glob. */
const slice = 500;

/** What is made of the items, as `flatMap` does it, in slices between which others have their turn. */
export const flatMapInSlices = async <Item, Made>(
  items: readonly Item[],
  make: (item: Item) => readonly Made[],
  signal?: AbortSignal,
): Promise<Made[]> => {
  const made: Made[] = [];
  for (let start = 0; start < items.length; start += slice) {
    if (start > 0) await breathe();
    throwIfAborted(signal);
    for (const item of items.slice(start, start + slice)) made.push(...make(item));
  }
  return made;
};
