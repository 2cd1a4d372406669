/** Values of several rounds, in one line. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly rounds: number;
}

/** The median, and how far the rounds lie apart. Throws when there is none. */
export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = values.toSorted((one, other) => one - other);
  const [least] = sorted;
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) throw new Error('There is no value to take a median of.');
  return { median: quantile(sorted, 0.5), least, most, rounds: sorted.length };
};

/** The value that `share` of the sorted values do not exceed, between two of them where it falls between. */
export const quantile = (sorted: readonly number[], share: number): number => {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
};
