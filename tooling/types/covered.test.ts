import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

test('every source is a part of the program whose types are checked', () => {
  const compiler = resolve(import.meta.dirname, '../node_modules/typescript/bin/tsc');
  const listed = execFileSync(
    process.execPath,
    [compiler, '-p', resolve(root, 'tsconfig.json'), '--listFilesOnly'],
    { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 },
  );
  const checked = new Set(listed.split('\n').map((path) => relative(root, path).split(sep).join('/')));
  const sources = globSync('{packages,apps,examples,bench,test,tooling}/**/*.{ts,tsx}', {
    cwd: root,
    exclude: (path) => /(?:^|[\\/])(?:node_modules|dist)$/.test(path),
  }).map((path) => path.split(sep).join('/'));
  expect(sources.length).toBeGreaterThan(1_000);
  expect(sources.filter((path) => !checked.has(path))).toEqual([]);
});
