import { type CursorKey, decodeIntegers, type PageRequest } from '../page.ts';
import { Problem } from '../problem.ts';

/** Where a row stands in a list that is sorted by a time: rows of one millisecond follow in the order they came. */
export interface Place {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Grows with every row that is created. */
  readonly ordinal: number;
}

/** The place as a cursor carries it. */
export const keyOf = ({ at, ordinal }: Place): CursorKey => [at, ordinal];

/** The place after which a walk by cursor goes on; undefined without a cursor. */
export const placeOf = (list: string, { cursor }: PageRequest): Place | undefined => {
  if (cursor === undefined) return undefined;
  const [at = 0, ordinal = 0] = decodeIntegers(list, 2, cursor);
  return { at, ordinal };
};

/** The milliseconds of a stored timestamp. */
export const millisecondsOf = (timestamp: string): number => {
  const ms = Date.parse(timestamp);
  if (Number.isNaN(ms)) throw new Problem('internal', { detail: `${timestamp} is not a time.` });
  return ms;
};
