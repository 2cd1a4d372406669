import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesWords, readWordQuery, wordsOf } from './search.ts';

const finds = (q: string, text: string): boolean => {
  const query = readWordQuery(q);
  return query !== null && matchesWords(wordsOf(text), query);
};

test.each<[string, string, boolean]>([
  ['fix', 'Fix the login page', true],
  ['LOGIN fix', 'Fix the login page', true],
  ['fix log', 'Fix the login page', true],
  ['log fix', 'Fix the login page', false],
  ['fix logout', 'Fix the login page', false],
  ['foo foo', 'foobar', false],
  ['"fix" AND the*', 'Fix the login page', false],
  ['fix-the', 'Fix the login page', true],
  ['src/main.ts', 'see src/main.tsx', true],
  ['STRASSE', 'straße', false],
  ['ΟΔΟΣ', 'οδος', true],
  ['οδοσα', 'ΟΔΟΣΑ', true],
  ['İstanbul', 'i̇stanbul', true],
  ['café', 'CAFE\u0301', true],
  ['cafe', 'café', false],
  ['ﬁx', 'fix', true],
  ['テスト', '日本語のテスト', true],
  ['日本', '日本語のテスト', true],
  ['中', '日本語のテスト', false],
  ['!!!', '!!!', false],
  // A radical is of a script without spaces, but no letter.
  ['⺀', '⺀', false],
  ['', 'anything', false],
])('%j in %j: %s', (q, text, expected) => {
  expect(finds(q, text)).toBe(expected);
});

test('only the beginning of a long prompt and of a long word counts', () => {
  expect(finds('late', `${'a '.repeat(40_000)}late`)).toBe(false);
  expect(finds(`${'x'.repeat(64)}A`, `${'x'.repeat(64)}B`)).toBe(true);
});

test('words hold nothing that separates', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const word of wordsOf(text)) expect(word).toMatch(/^[\p{L}\p{M}\p{N}]+$/u);
    }),
  );
});

test('a text is found by any of its words', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, pick) => {
      const words = wordsOf(text);
      const word = words[pick % Math.max(1, words.length)];
      if (word !== undefined) expect(finds(word, text)).toBe(true);
    }),
  );
});
