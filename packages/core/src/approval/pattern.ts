/**
 * Whether the whole text matches the pattern, in which `*` stands for any characters but `/` and `**` for any at all;
 * every other character stands for itself. Patterns come from callers, so the work is bounded by the product of the
 * two lengths, which no regular expression promises.
 */
export const matches = (pattern: string, text: string): boolean => {
  const parts = pattern.match(/\*+|[^*]/gsu) ?? [];
  // Which places of the pattern can have been reached by the text read so far.
  let reached = withSkips(parts, new Set([0]));
  for (const character of text) {
    const next = new Set<number>();
    for (const place of reached) {
      const part = parts[place];
      if (part === undefined) continue;
      if (part === character) next.add(place + 1);
      else if (part.startsWith('**')) next.add(place);
      else if (part === '*' && character !== '/') next.add(place);
    }
    if (next.size === 0) return false;
    reached = withSkips(parts, next);
  }
  return reached.has(parts.length);
};

/** A star may stand for nothing. */
const withSkips = (parts: readonly string[], places: Set<number>): Set<number> => {
  // A set gives what is added while it is walked, too.
  for (const place of places) if (parts[place]?.startsWith('*')) places.add(place + 1);
  return places;
};
