import { expect, test } from 'vitest';
import { spreadOf } from './statistics.ts';

test('a median is the one in the middle, or between the two in the middle', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3, rounds: 3 });
  expect(spreadOf([4, 1, 2, 10]).median).toBe(3);
  expect(spreadOf([7]).median).toBe(7);
});

test('numbers are sorted as numbers, and the samples stay as they are', () => {
  const values = [100, 20, 3];
  expect(spreadOf(values)).toMatchObject({ least: 3, median: 20, most: 100 });
  expect(values).toEqual([100, 20, 3]);
});

test('there is no median of nothing', () => {
  expect(() => spreadOf([])).toThrow('no value');
});
