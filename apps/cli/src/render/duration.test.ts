import { expect, test } from 'vitest';
import { duration } from './duration.ts';

test.each([
  [0, '0.0s'],
  [432, '0.4s'],
  [12_400, '12s'],
  [185_000, '3m 05s'],
  [7_800_000, '2h 10m'],
])('%d ms are %s', (milliseconds, shown) => {
  expect(duration(milliseconds)).toBe(shown);
});
