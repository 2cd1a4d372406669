import { expect, test } from 'vitest';
import { createPages } from './pages.ts';

const pageBytes = 256 * 1024;

test('lines come out in order, in pages of at most 256 KiB', () => {
  const pages = createPages();
  const lines = Array.from({ length: 5000 }, (_, index) => `${index} ${'ä'.repeat(index % 200)}\n`);
  const sizes = lines.map((line) => pages.add(line));
  const found: Buffer[] = [];
  for (let page = pages.take(); page !== undefined; page = pages.take()) {
    expect(page.length).toBeLessThanOrEqual(pageBytes);
    found.push(Buffer.from(page));
    pages.giveBack(page);
  }
  expect(Buffer.concat(found).toString()).toBe(lines.join(''));
  expect(sizes.reduce((sum, size) => sum + size)).toBe(Buffer.concat(found).length);
});

test('a page that was given back is used again, one that is out is not touched', () => {
  const pages = createPages();
  pages.add('first\n');
  const first = pages.take();
  pages.add('second\n');
  expect(first && Buffer.from(first).toString()).toBe('first\n');
  const { buffer } = first ?? {};
  if (first) pages.giveBack(first);
  const second = pages.take();
  expect(second && Buffer.from(second).toString()).toBe('second\n');
  pages.add('third\n');
  const third = pages.take();
  expect(third?.buffer).toBe(buffer);
  expect(pages.take()).toBeUndefined();
});

test('a line longer than a page has one of its own', () => {
  const pages = createPages();
  const long = `${'x'.repeat(3 * pageBytes)}\n`;
  pages.add('before\n');
  pages.add(long);
  pages.add('behind\n');
  const found: string[] = [];
  for (let page = pages.take(); page !== undefined; page = pages.take()) {
    found.push(Buffer.from(page).toString());
    pages.giveBack(page);
  }
  expect(found).toEqual(['before\n', long, 'behind\n']);
});
