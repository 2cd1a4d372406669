import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { quotesOf, stands } from './quotes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(root + path, 'utf8');
const pages = globSync('docs/guides/*.md', { cwd: root }).map((page) => page.replaceAll('\\', '/'));
const quotes = pages.flatMap((page) => quotesOf(read(page)).map((quote) => ({ page, ...quote })));

test('there are pages that quote', () => {
  expect(quotes.length).toBeGreaterThan(5);
});

test.each(quotes.map((quote, index) => ({ ...quote, name: `${quote.page}, quote ${index + 1}` })))(
  '$name stands in $path',
  ({ text, path }) => {
    expect(stands(text, read(path)), `not in ${path}:\n${text}`).toBe(true);
  },
);

describe('a quote', () => {
  const file = 'one\n  two {\n\n    three\n  }\nfour\n';
  test.each([
    ['one\n', true],
    ['two {\n\n  three\n}\n', true],
    ['  two {\n\n    three\n  }\nfour\n', true],
    ['two {\n\n    three\n  }\nfour\n', false],
    ['one\n  two {\n', true],
    ['three\n', true],
    ['two {\nthree\n}\n', false],
    ['tw\n', false],
    ['five\n', false],
  ])('%j: %s', (text, expected) => {
    expect(stands(text, file)).toBe(expected);
  });
});
