import { expect, test } from 'vitest';
import { createUsageReader } from './acp-usage.ts';

const reader = () => createUsageReader(() => undefined);

test('what was cached and thought counts once, whether an agent counts it within the rest or apart', () => {
  const counted = (usage: object) => reader().turn({ usage });
  const tokens = { inputTokens: 100, outputTokens: 20, cachedReadTokens: 60, thoughtTokens: 5 };
  expect(counted({ ...tokens, totalTokens: 185 })).toMatchObject({ input_tokens: 160, output_tokens: 25 });
  expect(counted({ ...tokens, totalTokens: 120 })).toMatchObject({ input_tokens: 100, output_tokens: 20 });
});

test('nonsense is no usage', () => {
  for (const usage of [null, {}, { inputTokens: -1, outputTokens: 1 }, { inputTokens: 0.5, outputTokens: 1 }])
    expect(reader().turn({ usage })).toBeUndefined();
  expect(reader().turn(undefined)).toBeUndefined();
  for (const update of [{}, { used: 1 }, { used: 1e300, size: 1 }, { used: '1', size: 2 }])
    expect(reader().update(update)).toBeUndefined();
  expect(
    reader().update({ used: 1, size: 2, cost: { amount: Infinity, currency: 'USD' } }),
  ).not.toHaveProperty('cost_micro_usd');
});

test('a cost in another currency is not told as dollars, and one that shrinks is none', () => {
  const { update } = reader();
  const cost = (amount: number, currency: string, used: number) =>
    update({ used, size: 9, cost: { amount, currency } });
  expect(cost(3, 'EUR', 1)).not.toHaveProperty('cost_micro_usd');
  expect(cost(3, 'USD', 1)).toMatchObject({ cost_micro_usd: 3_000_000 });
  expect(cost(2, 'USD', 1)).toBeNull();
  expect(cost(3.5, 'USD', 1)).toMatchObject({ cost_micro_usd: 500_000 });
});

test('an agent that was started again may count its cost from the beginning, or go on', () => {
  const paid = (next: number) => {
    const { update, startAgain } = reader();
    const cost = (amount: number) => update({ used: 1, size: 9, cost: { amount, currency: 'USD' } });
    cost(3);
    startAgain();
    return [cost(next), cost(next + 1)];
  };
  const dollars = (...amounts: readonly number[]) =>
    amounts.map((amount) => expect.objectContaining({ cost_micro_usd: amount * 1_000_000 }));
  expect(paid(1)).toEqual(dollars(1, 1));
  expect(paid(5)).toEqual(dollars(2, 1));
});
