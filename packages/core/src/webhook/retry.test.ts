import { expect, test } from 'vitest';
import { judge, reasonOf, usualRetry } from './retry.ts';

const failed = { kind: 'failed', reason: 'no answer' } as const;
const answered = (status: number, retryAfterMs?: number) =>
  ({ kind: 'answered', status, retryAfterMs }) as const;
const at = (attempt: number, members: { ageMs?: number; chance?: number } = {}) => ({
  attempt,
  ageMs: 0,
  chance: 0,
  ...members,
});

test('the waits grow threefold up to six hours, and the twelfth failure is the last', () => {
  const waits = Array.from({ length: 12 }, (_, index) => judge(failed, at(index + 1), usualRetry));
  const seconds = waits.map((verdict) => (verdict.kind === 'retry' ? verdict.afterMs / 1000 : verdict.kind));
  expect(seconds).toEqual([5, 15, 45, 135, 405, 1215, 3645, 10_935, 21_600, 21_600, 21_600, 'dead']);
});

test('chance makes a wait a fifth longer at most', () => {
  expect(judge(failed, at(1, { chance: 0.5 }), usualRetry)).toEqual({ kind: 'retry', afterMs: 5_500 });
  expect(judge(failed, at(1, { chance: 0.999 }), usualRetry)).toEqual({ kind: 'retry', afterMs: 5_999 });
});

test('a receiver may ask for more patience, up to a day, and not for less', () => {
  const after = (ms: number) => judge(answered(429, ms), at(1), usualRetry);
  expect(after(60_000)).toEqual({ kind: 'retry', afterMs: 60_000 });
  expect(after(1)).toEqual({ kind: 'retry', afterMs: 5_000 });
  expect(after(1e12)).toEqual({ kind: 'retry', afterMs: 86_400_000 });
});

test('what is too old is given up at its first failure', () => {
  expect(judge(failed, at(1, { ageMs: usualRetry.maxAgeMs + 1 }), usualRetry)).toEqual({ kind: 'dead' });
});

test.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [299, 'delivered'],
  [301, 'retry'],
  [307, 'retry'],
  [400, 'retry'],
  [404, 'retry'],
  [408, 'retry'],
  [410, 'gone'],
  [429, 'retry'],
  [500, 'retry'],
  [503, 'retry'],
])('an answer of %d: %s', (status, kind) => {
  expect(judge(answered(status), at(1), usualRetry).kind).toBe(kind);
  expect(reasonOf(answered(status)) === undefined).toBe(kind === 'delivered');
});
