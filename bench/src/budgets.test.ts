import { expect, test } from 'vitest';
import { readBudgets } from './budgets.ts';
import { figures } from './figures/index.ts';

test('every figure that is judged has its budget, and every budget its figure', () => {
  const judged = figures.map(({ number, judgements }) => [
    String(number),
    judgements.map(({ name }) => name).sort(),
  ]);
  const budgets = Object.entries(readBudgets()).map(([number, of]) => [number, Object.keys(of).sort()]);
  expect(budgets).toEqual(judged);
});

test('every figure says what it measures of the raw limit and of ours', () => {
  for (const { variants, samples } of figures) {
    expect(variants.map(({ name }) => name)).toEqual(expect.arrayContaining(['raw', 'ours']));
    expect(Object.keys(samples).length).toBeGreaterThan(0);
  }
});
