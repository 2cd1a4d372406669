/** Numbers from 0 up to a bound, the same in every run: what is asked for must not differ between variants. */
export const createChance = (seed: string): ((bound: number) => number) => {
  let state = 2_166_136_261;
  for (const letter of seed) state = Math.imul(state ^ letter.charCodeAt(0), 16_777_619);
  return (bound) => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
};
