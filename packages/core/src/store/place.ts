import { type CursorKey, decodeCursor, type PageRequest } from '../page.ts';
import { fieldProblem, Problem } from '../problem.ts';

/** Where a row stands in a list that is sorted by a time: rows of one millisecond follow in the order they came. */
export interface Place {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Grows with every row that is created. */
  readonly ordinal: number;
}

export const keyOf = ({ at, ordinal }: Place): CursorKey => [at, ordinal];

/** The place after which a walk by cursor goes on; undefined without a cursor. */
export const placeOf = (list: string, { cursor }: PageRequest): Place | undefined => {
  if (cursor === undefined) return undefined;
  const [at, ordinal] = decodeCursor(list, 2, cursor);
  if (!isInteger(at) || !isInteger(ordinal)) {
    throw fieldProblem('cursor', 'is not a cursor of this list; take nextCursor of the page before');
  }
  return { at, ordinal };
};

/** The milliseconds of a stored timestamp. */
export const millisecondsOf = (timestamp: string): number => {
  const ms = Date.parse(timestamp);
  if (Number.isNaN(ms)) throw new Problem('internal', { detail: `${timestamp} is not a time.` });
  return ms;
};

const isInteger = (value: unknown): value is number => Number.isSafeInteger(value);
