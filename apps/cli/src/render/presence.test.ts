import { expect, test } from 'vitest';
import { hereWords } from './presence.ts';

test('whether an agent is there is said in a few words', () => {
  const there = { present: true, version: '1.2.3', authenticated: true, details: [] };
  expect(hereWords(undefined)).toBe('-');
  expect(hereWords({ ...there, present: false })).toBe('not installed');
  expect(hereWords(there)).toBe('1.2.3');
  expect(hereWords({ ...there, version: null, authenticated: false })).toBe('yes, not signed in');
});
