import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { zones } from './rules.ts';

// The linter knows scopes, so a parameter named `fetch` is no offence; that is why bare globals are its part.
const project = fileURLToPath(new URL('../..', import.meta.url));
const biome = join(project, 'node_modules/@biomejs/biome/bin/biome');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'globals-'));
  const { vcs: _, ...config } = JSON.parse(readFileSync(join(project, 'biome.json'), 'utf8'));
  writeFileSync(join(root, 'biome.json'), JSON.stringify(config));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const isRestricted = (path: string, source: string): boolean => {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, source);
  const { stderr } = spawnSync(process.execPath, [biome, 'lint', '--colors=off', path], {
    cwd: root,
    encoding: 'utf8',
  });
  // Says that the linter ran at all and did not refuse its configuration.
  expect(stderr).toContain('Checked 1 file');
  return stderr.includes('lint/style/noRestrictedGlobals');
};

const globals = [
  'setTimeout(() => {}, 5)',
  "fetch('http://x')",
  'performance.now()',
  'process.env',
  'globalThis.x',
];

test.each(globals)('no pure zone may use %s', (expression) => {
  for (const zone of zones.filter((each) => each.pure === true)) {
    const place = zone.at[0] ?? '';
    const path = place.endsWith('/') ? `${place}a.ts` : place;
    expect(isRestricted(path, `export const a = () => ${expression};\n`), path).toBe(true);
  }
});

test.each([
  ['packages/core/src/a.ts', 'export const a = (fetch: () => void) => fetch();\n'],
  ['packages/core/src/a.test.ts', 'export const a = () => setTimeout(() => {}, 5);\n'],
  ['packages/rest-api/src/express/a.ts', 'export const a = () => setTimeout(() => {}, 5);\n'],
  ['packages/store/src/a.ts', 'export const a = () => setTimeout(() => {}, 5);\n'],
])('%s may: %s', (path, source) => {
  expect(isRestricted(path, source)).toBe(false);
});
