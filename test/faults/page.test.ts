import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mutations } from './mutations/mutations.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const page = readFileSync(`${here}../../docs/guides/break-the-server.md`, 'utf8');
/** As they read: how wide their columns are is for the formatter. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.replace(/ +\|/g, ' |'));

const files = globSync('*.test.ts', { cwd: here }).filter((file) =>
  /^\s*faultTest\(/m.test(readFileSync(here + file, 'utf8')),
);

test('the page names every file of fault tests', () => {
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) expect(rows.filter((row) => row.includes(`\`${file}\``)).length, file).toBe(1);
});

test('every file of fault tests misses a guard, so it can fail', () => {
  const missing = Object.values(mutations).map(({ noticedBy }) => noticedBy.file);
  expect(files.filter((file) => !missing.includes(`test/faults/${file}`))).toEqual([]);
});

test('the page names every guard, what it keeps and what misses it', () => {
  const guards = Object.entries(mutations).map(
    ([name, { keeps, noticedBy }]) => `| \`${name}\` | ${keeps} | \`${noticedBy.file}\` |`,
  );
  expect(rows.filter((row) => /^\| `[\w, ]+` \|/.test(row))).toEqual(guards);
});
