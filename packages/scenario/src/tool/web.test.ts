import { expect, test } from 'vitest';
import { fetchPage, searchWeb } from './web.ts';

const web = [
  {
    url: 'https://docs.example.test/cart',
    title: 'The cart',
    text: 'What is in it.\n  Prices are per piece.  \n',
  },
  { url: 'http://example.test:8080/', text: 'Bread\nand butter' },
  { url: 'https://notexample.test/bread', text: 'Bread' },
];

test.each([
  [{ url: 'https://docs.example.test/cart#top', prompt: 'What does it cost?' }, 'What is in it.\n', false],
  [{ url: 'http://example.test:8080' }, 'Bread\nand butter', false],
  [
    { url: 'https://docs.example.test/other' },
    'https://docs.example.test/other: there is no such page',
    true,
  ],
  [{}, 'url: is not there', true],
])('%j is fetched', (args, output, failed) => {
  expect(fetchPage(web, args)).toEqual({ output: expect.stringContaining(output), failed });
});

const cart = 'The cart\nhttps://docs.example.test/cart\nPrices are per piece.';
const [bread, other] = ['http://example.test:8080/\nBread', 'https://notexample.test/bread\nBread'];
test.each([
  [{ query: 'PIECE prices' }, cart],
  [{ query: 'bread' }, `${bread}\n\n${other}`],
  [{ query: 'bread', allowed_domains: ['Example.test'] }, bread],
  [{ query: 'bread', blocked_domains: ['example.test'] }, other],
  [{ query: 'e', allowed_domains: ['example.test'], blocked_domains: ['docs.example.test'] }, bread],
  [{ query: 'bread cart' }, 'Nothing was found.'],
  [{ query: ' ' }, 'Nothing was found.'],
])('%j is looked for', (args, output) => {
  expect(searchWeb(web, args)).toEqual({ output, failed: false });
});

test('nothing is looked for without words', () => {
  expect(searchWeb(web, {})).toEqual({ output: 'query: is not there', failed: true });
});
