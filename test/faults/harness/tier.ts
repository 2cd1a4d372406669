import { createChance } from '../../e2e/chance.ts';

/** `npm run faults` plays the long tier; the short one is a part of `npm test`. */
export const isLong = process.env.AH_FAULTS === 'long';

/** How much of something: in the short tier, and in the long one. */
export const byTier = <Value>(short: Value, long: Value): Value => (isLong ? long : short);

/** What all chance of a run comes from; `SEED=` repeats it. Every test has it in its title. */
export const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;

/** Chance of its own for each test, so that one does not move another. */
export const chanceOf = (title: string): (() => number) => {
  let mixed = seed;
  for (const letter of title) mixed = Math.imul(mixed ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  const chance = createChance(mixed);
  // The first numbers of neighbouring seeds are alike.
  for (let turn = 0; turn < 8; turn++) chance();
  return chance;
};
