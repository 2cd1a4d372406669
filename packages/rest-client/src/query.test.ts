import { expect, test } from 'vitest';
import { queryString } from './query.ts';

test('joins lists by commas, repeats labels, leaves out what is absent', () => {
  const text = queryString({
    status: ['queued', 'running'],
    label: ['a:1', 'b:x,y'],
    page: 2,
    q: 'a&b c',
    sort: undefined,
  });
  expect(text).toBe('?status=queued%2Crunning&label=a%3A1&label=b%3Ax%2Cy&page=2&q=a%26b+c');
});

test('is empty without members', () => {
  expect(queryString({ page: undefined })).toBe('');
});
