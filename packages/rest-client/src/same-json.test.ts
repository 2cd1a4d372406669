import { expect, test } from 'vitest';
import { sameJson } from './same-json.ts';

test.each([
  [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, true],
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: null }, {}, false],
  [[1, 2], [1], false],
  [[], {}, false],
  ['1', 1, false],
  [null, {}, false],
])('%j and %j: %s', (one, other, same) => {
  expect(sameJson(one, other)).toBe(same);
  expect(sameJson(other, one)).toBe(same);
});
