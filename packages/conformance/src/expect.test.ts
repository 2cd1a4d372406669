import { Problem } from '@agent-harbor/core';
import { expect, test } from 'vitest';
import { present, rejectsWith, same } from './expect.ts';

test('same compares JSON values and names the place of a difference', () => {
  same({ a: [1, { b: 'x' }], c: undefined }, { a: [1, { b: 'x' }] }, 'equal');
  expect(() => same({ a: [1, { b: 'x' }] }, { a: [1, { b: 'y' }] }, 'thing')).toThrow('thing at .a.1.b');
  expect(() => same([1], [1, 2], 'list')).toThrow('list at .length');
  expect(() => same({}, [], 'kind')).toThrow('kind: expected [], got {}');
  expect(() => same(JSON.parse('{"__proto__":1}'), {}, 'proto')).toThrow('proto at .__proto__');
});

test('present refuses null and undefined only', () => {
  expect(present(0, 'zero')).toBe(0);
  expect(() => present(null, 'it')).toThrow('it: missing');
});

test('rejectsWith takes only the problem it was promised', async () => {
  const problem = new Problem('storage-full');
  expect(await rejectsWith('storage-full', Promise.reject(problem), 'call')).toBe(problem);
  await expect(rejectsWith('internal', Promise.reject(problem), 'call')).rejects.toThrow('storage-full');
  await expect(rejectsWith('internal', Promise.reject(new Error('x')), 'call')).rejects.toThrow('Error: x');
  await expect(rejectsWith('internal', Promise.resolve(1), 'call')).rejects.toThrow('succeeded');
});
