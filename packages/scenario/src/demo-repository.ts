/**
 * A small Node project without dependencies, path → text. Its `node --test` fails until the scenario
 * `fix-failing-test` has been played on it.
 */
export const demoRepository: Readonly<Record<string, string>> = {
  'package.json': `{
  "name": "corner-shop",
  "version": "1.0.0",
  "private": true,
  "type": "module",
  "scripts": {
    "test": "node --test"
  }
}
`,
  'README.md': `# Corner shop

Adds up a shopping cart. Prices are in cents.

Run the tests with \`npm test\`.
`,
  'CHANGELOG.md': `# Changelog

## 1.0.0

- Carts can be added up.
`,
  'src/cart.js': `/** The sum of a cart in cents. Every item has a price in cents and a quantity. */
export const total = (items) => items.reduce((sum, item) => sum + item.price, 0);

/** Cents as people write them: 1999 is 19.99. */
export const format = (cents) => (cents / 100).toFixed(2);
`,
  'test/cart.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, total } from '../src/cart.js';

test('an empty cart costs nothing', () => {
  assert.equal(total([]), 0);
});

test('every piece of an item is charged', () => {
  const cart = [
    { name: 'bread', price: 250, quantity: 2 },
    { name: 'milk', price: 120, quantity: 1 },
  ];
  assert.equal(total(cart), 620);
});

test('cents are written as people write them', () => {
  assert.equal(format(1999), '19.99');
});
`,
};
