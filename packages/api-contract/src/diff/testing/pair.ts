import type { JsonObject } from '../json.ts';

/** A small contract before and after a change, and what is to be said of it. */
export interface Pair {
  readonly name: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** `<class> <rule> <direction> <place>`, one for each finding; none for a change that is none. */
  readonly said: readonly string[];
}

export const pair = (
  name: string,
  before: JsonObject,
  after: JsonObject,
  ...said: readonly string[]
): Pair => ({
  name,
  before,
  after,
  said,
});
