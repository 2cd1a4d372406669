import { digest } from './digest.ts';
import type { Ids } from './ids.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Ids for mocks: each is derived from seed, kind, parent and ordinal, so the same calls give the same ids whatever
 * happens elsewhere. Within one parent they sort in the order they were made, as ULIDs do.
 */
export const createSeededIds = (seed: string): Ids => {
  const ordinals = new Map<string, number>();
  const ordinal = (slot: string): number => {
    const next = (ordinals.get(slot) ?? 0) + 1;
    ordinals.set(slot, next);
    return next;
  };
  return {
    next(kind, parent) {
      const slot = JSON.stringify([kind, parent]);
      const count = ordinal(slot);
      return `01${base32(count, 8)}${letters(digest(JSON.stringify([seed, kind, parent, count])), 16)}`;
    },
    random(purpose) {
      const count = ordinal(`random ${purpose}`);
      return Number.parseInt(digest(JSON.stringify([seed, purpose, count])).slice(0, 8), 16) / 2 ** 32;
    },
  };
};

const base32 = (value: number, length: number): string => {
  let text = '';
  for (let rest = value, index = 0; index < length; index++) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
};

/** One letter for every two hex digits: 32 digits are 16 letters. */
const letters = (hex: string, length: number): string => {
  let text = '';
  for (let index = 0; index < length; index++) {
    text += alphabet.charAt(Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16) % 32);
  }
  return text;
};
