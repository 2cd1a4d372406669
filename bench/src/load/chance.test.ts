import { expect, test } from 'vitest';
import { createChance } from './chance.ts';

test('is the same for one seed, another for another, and within its bound', () => {
  const draw = (seed: string) => {
    const chance = createChance(seed);
    return Array.from({ length: 50 }, () => chance(10));
  };
  expect(draw('a')).toEqual(draw('a'));
  expect(draw('a')).not.toEqual(draw('b'));
  expect(new Set(draw('a')).size).toBe(10);
});
