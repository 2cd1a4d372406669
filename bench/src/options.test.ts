import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

const known = [1, 4];

test('all figures and five rounds, unless asked otherwise', () => {
  expect(readOptions([], known)).toMatchObject({ figures: undefined, rounds: 5, guard: false });
  expect(readOptions(['--figure', '4,1', '--rounds', '7', '--guard'], known)).toMatchObject({
    figures: [4, 1],
    rounds: 7,
    guard: true,
  });
  expect(readOptions(['--figure', 'none'], known).figures).toEqual([]);
});

test('what it does not know is refused by name', () => {
  expect(() => readOptions(['--figure', '3'], known)).toThrow('there are 1, 4');
  expect(() => readOptions(['--rounds', '0'], known)).toThrow('--rounds 0');
  expect(() => readOptions(['--fast'], known)).toThrow('--fast');
});
