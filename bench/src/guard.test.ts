import { describe, expect, test } from 'vitest';
import { Budget } from './budgets.ts';
import { complaints, isMet, type Judged } from './guard.ts';
import { spreadOf } from './statistics.ts';

const judged = (samples: readonly number[], budget: Budget = { budget: 2 }): Judged => ({
  figure: 1,
  name: 'append',
  unit: '×',
  spread: spreadOf(samples),
  budget,
});

describe('the guard', () => {
  test('lets pass what is within 1.3 times its budget', () => {
    expect(complaints([judged([2, 2, 2, 2, 2])])).toEqual([]);
    expect(complaints([judged([2.6, 2.6, 2.6, 2.6, 2.6])])).toEqual([]);
  });

  test('refuses a median above that, and names figure, budget, median and rounds', () => {
    expect(complaints([judged([2.5, 2.61, 2.61, 2.61, 2.62])])).toEqual([
      'Figure 1, append: the median of 5 rounds is 2.61 × [2.50..2.62], above 1.3 times its budget of 2.00.',
    ]);
  });

  test('looks at the median: two bad rounds of five are noise, three are not', () => {
    expect(complaints([judged([1, 1, 1, 90, 90])])).toEqual([]);
    expect(complaints([judged([1, 1, 90, 90, 90])])).toHaveLength(1);
  });

  test('refuses fewer than five rounds, however good they are', () => {
    expect(complaints([judged([1, 1, 1, 1])])).toEqual([
      'Figure 1, append: 4 rounds were measured, and the guard needs 5.',
    ]);
  });

  test('holds what is recorded above its budget against the record', () => {
    const budget = { budget: 2, recorded: 4, reason: 'Validation.' };
    expect(complaints([judged([5, 5, 5, 5, 5], budget)])).toEqual([]);
    expect(complaints([judged([5.3, 5.3, 5.3, 5.3, 5.3], budget)])[0]).toContain('recorded figure of 4.00');
  });

  test('lets nothing pass that is no number', () => {
    expect(complaints([judged([Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN])])).toHaveLength(
      1,
    );
  });

  test('allows nothing where the budget is nothing', () => {
    expect(complaints([judged([0, 0, 0, 0, 0], { budget: 0 })])).toEqual([]);
    expect(complaints([judged([0, 0, 1, 1, 1], { budget: 0 })])).toHaveLength(1);
  });
});

test('a budget is met or not by its own number, not by what is recorded', () => {
  expect(isMet(judged([2, 2, 2]))).toBe(true);
  expect(isMet(judged([2.01, 2.01, 2.01], { budget: 2, recorded: 4, reason: 'x' }))).toBe(false);
});

test('a record needs a reason, and stands above the budget', () => {
  expect(Budget.safeParse({ budget: 2, recorded: 4 }).success).toBe(false);
  expect(Budget.safeParse({ budget: 2, reason: 'x' }).success).toBe(false);
  expect(Budget.safeParse({ budget: 2, recorded: 1.5, reason: 'x' }).success).toBe(false);
  expect(Budget.safeParse({ budget: 2, recorded: 4, reason: 'x' }).success).toBe(true);
});
