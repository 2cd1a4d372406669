import { describe, expect, test } from 'vitest';
import { judge, reasonOf, usualRetry } from './retry.ts';
import type { WebhookAnswer } from './sender.ts';

const answered = (status: number, retryAfterMs?: number): WebhookAnswer => ({
  kind: 'answered',
  status,
  retryAfterMs,
});
const failed: WebhookAnswer = { kind: 'failed', reason: 'There was no answer in time.' };
const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
const at = (attempt: number, chance = 0, ageMs = 0) => ({ attempt, chance, ageMs });
const after = (answer: WebhookAnswer, place: ReturnType<typeof at>) => judge(answer, place, usualRetry);

describe('the schedule', () => {
  const waits = [5, 15, 45, 135, 405, 1_215, 3_645, 10_935, 21_600, 21_600, 21_600].map((s) => s * second);

  test.each([500, 404, 429, 302, 199])(
    'after %i it waits three times as long each time, and gives up',
    (status) => {
      waits.forEach((afterMs, index) => {
        expect(after(answered(status), at(index + 1))).toEqual({ kind: 'retry', afterMs });
      });
      expect(after(answered(status), at(12))).toEqual({ kind: 'dead' });
    },
  );

  test('is the same for who does not answer', () => {
    waits.forEach((afterMs, index) => {
      expect(after(failed, at(index + 1))).toEqual({ kind: 'retry', afterMs });
    });
    expect(after(failed, at(12))).toEqual({ kind: 'dead' });
  });

  test('is a fifth longer at most by chance', () => {
    expect(after(failed, at(1, 0.5))).toEqual({ kind: 'retry', afterMs: 5_500 });
    expect(after(failed, at(11, 0.999_999_999))).toEqual({ kind: 'retry', afterMs: 7.2 * hour });
  });

  test('honours a receiver that asks for longer, for a day, and none that asks for less', () => {
    expect(after(answered(503, minute), at(1))).toEqual({ kind: 'retry', afterMs: minute });
    expect(after(answered(503, second), at(1))).toEqual({ kind: 'retry', afterMs: 5 * second });
    expect(after(answered(503, 100 * day), at(1))).toEqual({ kind: 'retry', afterMs: day });
    expect(after(answered(503, day), at(12))).toEqual({ kind: 'dead' });
  });

  test('ends early for what is old', () => {
    expect(after(failed, at(1, 0, 3 * day))).toEqual({ kind: 'retry', afterMs: 5 * second });
    expect(after(failed, at(1, 0, 3 * day + 1))).toEqual({ kind: 'dead' });
  });
});

test('what is taken is over, and who is gone is gone, at whichever attempt', () => {
  for (const place of [at(1), at(12), at(99, 0, 9 * day)]) {
    for (const status of [200, 204, 299])
      expect(after(answered(status), place)).toEqual({ kind: 'delivered' });
    expect(after(answered(410), place)).toEqual({ kind: 'gone' });
  }
});

test('an attempt that failed says why', () => {
  expect(
    [answered(200), answered(204), failed, answered(500), answered(302), answered(410)].map(reasonOf),
  ).toEqual([
    undefined,
    undefined,
    'There was no answer in time.',
    'The receiver answered 500.',
    'The receiver answered 302; redirects are not followed.',
    'The receiver answered 410: it is gone.',
  ]);
});
