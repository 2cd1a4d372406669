import { Ulid } from '@agent-harbor/api-contract/schemas';
import { expect, test } from 'vitest';
import { ulid } from './ulid.ts';

test('is a ULID of its time', () => {
  const made = Array.from({ length: 100 }, () => ulid(1_469_918_176_385));
  for (const id of made) expect(Ulid.safeParse(id).success).toBe(true);
  expect(new Set(made.map((id) => id.slice(0, 10)))).toEqual(new Set(['01ARYZ6S41']));
  expect(new Set(made).size).toBe(100);
});
