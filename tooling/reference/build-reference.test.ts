import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildReference } from './build-reference.ts';
import { sources } from './sources.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reference-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Reads the types of every library: ten seconds on a quiet machine.
const patience = 300_000;

test('everything people import is documented', { timeout: patience }, async () => {
  const out = join(folder, 'all');

  const { complaints } = await buildReference({ ...sources, out });

  expect(complaints).toEqual([]);
  const page = readFileSync(join(out, '@agent-harbor/core/interfaces/TaskManager.md'), 'utf8');
  expect(page).toContain('launch()');
  expect(page).toContain('Creates agents × count sessions');
});

test('what has no docstring, and a link that leads nowhere, are complaints', {
  timeout: patience,
}, async () => {
  const library = join(folder, 'packages/sample');
  mkdirSync(join(library, 'src'), { recursive: true });
  const manifest = { name: 'sample', exports: { './door': { '@agent-harbor/source': './src/door.ts' } } };
  const tsconfig = join(folder, 'tsconfig.json');
  writeFileSync(tsconfig, JSON.stringify({ include: ['packages'] }));
  writeFileSync(join(library, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(library, 'src/door.ts'),
    '/** Says {@link nothing}. */\nexport const said = 1;\nexport const unsaid = 2;\n',
  );

  const { complaints } = await buildReference({
    packages: join(folder, 'packages'),
    libraries: ['sample'],
    tsconfig,
    out: join(folder, 'sample'),
  });

  expect(complaints).toEqual([expect.stringContaining('unsaid'), expect.stringContaining('"nothing"')]);
});
