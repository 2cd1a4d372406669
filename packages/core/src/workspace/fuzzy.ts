import { maskOf } from './path-index.ts';

/** A query, read once for all paths. */
export interface FuzzyQuery {
  readonly words: readonly string[];
  readonly mask: number;
}

/** Words are separated by blanks; all of them must fit. Case does not matter. */
export const fuzzyQuery = (text: string): FuzzyQuery => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return { words, mask: maskOf(words.join('')) };
};

/**
 * How well a path fits, from 0 (not at all) to 1 (it is the name): whole words before letters with gaps, in the last
 * part of the path before elsewhere, where a part begins before in the middle of one, short paths before long ones.
 * `lower` is the path in lower case, `mask` what `maskOf` says of it. Linear in the path for each word.
 */
export const fuzzyScore = ({ words, mask: wanted }: FuzzyQuery, lower: string, mask: number): number => {
  if ((wanted & mask) !== wanted || words.length === 0) return 0;
  let sum = 0;
  for (const word of words) {
    const score = wordScore(word, lower);
    if (score === 0) return 0;
    sum += score;
  }
  return Math.min(1, sum / words.length) * (1 - Math.min(lower.length, 1_000) / 10_000);
};

const wordScore = (word: string, lower: string): number => {
  const nameAt = lower.lastIndexOf('/', lower.endsWith('/') ? lower.length - 2 : lower.length) + 1;
  const at = lower.lastIndexOf(word);
  if (at === -1) return gappedScore(word, lower, nameAt);
  const end = at + word.length;
  const isName = at === nameAt && (end === lower.length || lower[end] === '.' || lower[end] === '/');
  const begins = at === 0 || isBoundary(lower.charCodeAt(at - 1));
  return 0.6 + (end > nameAt ? 0.2 : 0) + (begins ? 0.1 : 0) + (isName ? 0.1 : 0);
};

/** Letters in order with gaps between: the tightest from the end of the path, as names stand there. */
const gappedScore = (word: string, lower: string, nameAt: number): number => {
  let at = lower.length;
  let last = -1;
  for (let letter = word.length - 1; letter >= 0; letter--) {
    at = at === 0 ? -1 : lower.lastIndexOf(word[letter] ?? '', at - 1);
    if (at === -1) return 0;
    if (last === -1) last = at;
  }
  const tightness = word.length / (last - at + 1);
  return 0.5 * tightness + (at >= nameAt ? 0.05 : 0);
};

/** Whether a part of a path ends with this character. */
const isBoundary = (code: number): boolean =>
  code === 0x2f || code === 0x2e || code === 0x2d || code === 0x5f || code === 0x20;
