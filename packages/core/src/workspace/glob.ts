/**
 * Tells of paths whether they match a glob: `*` is anything within a segment, `**` anything across segments, `?` one character.
 * Everything else stands for itself. Linear in both, so that no pattern can stall the server.
 */
export const compileGlob = (glob: string): ((path: string) => boolean) => {
  const tokens = tokenise(glob);
  // Most paths of a tree differ where the pattern is still plain text. `**/` may stand for nothing, but not its text.
  const [plain = ''] = glob.split(/[*?]/, 1);
  return (path) => path.startsWith(plain) && matches(tokens, path);
};

const matches = (tokens: readonly string[], path: string): boolean => {
  let states = new Set<number>([0]);
  const skipStars = (from: Set<number>): Set<number> => {
    for (const state of from) {
      const token = tokens[state];
      if (token === '*' || token === '**') from.add(state + 1);
      // `**/` also stands for no directory at all.
      if (token === '**' && tokens[state + 1] === '/') from.add(state + 2);
    }
    return from;
  };
  states = skipStars(states);
  for (const character of path) {
    const next = new Set<number>();
    for (const state of states) {
      const token = tokens[state];
      if (token === '**' || (token === '*' && character !== '/')) next.add(state);
      else if (token === character || (token === '?' && character !== '/')) next.add(state + 1);
    }
    states = skipStars(next);
    if (states.size === 0) return false;
  }
  return states.has(tokens.length);
};

const tokenise = (glob: string): string[] => glob.match(/\*\*|[\s\S]/gu) ?? [];
