/** Who waits for which time, in the order in which they are due; of several at one time the first come. */
export interface Sleepers {
  readonly count: number;
  /** The returned function forgets the sleeper. */
  add(at: number, wake: () => void): () => void;
  /** The time the next one is due. */
  nextAt(): number | undefined;
  /** Takes out the next one who is due by then, and gives what wakes it. */
  take(until: number): (() => void) | undefined;
}

interface Sleeper {
  readonly at: number;
  readonly ordinal: number;
  readonly wake: () => void;
}

/** A sorted list, the next one last: sleepers come and go in numbers for which a heap does not pay. */
export const createSleepers = (): Sleepers => {
  const list: Sleeper[] = [];
  let ordinal = 0;

  /** Where the sleeper is, or would be. */
  const placeOf = (wanted: Sleeper): number => {
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = list[middle];
      if (other !== undefined && isLater(other, wanted)) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    get count() {
      return list.length;
    },
    add(at, wake) {
      const sleeper = { at, ordinal: ordinal++, wake };
      list.splice(placeOf(sleeper), 0, sleeper);
      return () => {
        const place = placeOf(sleeper);
        if (list[place] === sleeper) list.splice(place, 1);
      };
    },
    nextAt: () => list.at(-1)?.at,
    take(until) {
      const next = list.at(-1);
      if (next === undefined || next.at > until) return undefined;
      list.pop();
      return next.wake;
    },
  };
};

const isLater = (left: Sleeper, right: Sleeper): boolean =>
  left.at > right.at || (left.at === right.at && left.ordinal > right.ordinal);
