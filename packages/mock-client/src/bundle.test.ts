import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

// esbuild fails by itself on any `node:` import, since none exists in a browser.
test('the package is one that a browser can load, without native modules', async () => {
  const { metafile, warnings } = await build({
    entryPoints: [fileURLToPath(new URL('./index.ts', import.meta.url))],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@agent-harbor/source'],
  });
  const files = Object.keys(metafile.inputs);
  const libraries = files.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  expect(warnings).toEqual([]);
  // Each of them runs anywhere; a new one has to be looked at.
  const looked = ['@anatine/zod-openapi', 'diff', 're2js', 'ts-deepmerge', 'yaml', 'zod'];
  expect([...new Set(libraries)].filter((name) => !looked.includes(name))).toEqual([]);
  expect(files.filter((file) => /\.node$|^node:/.test(file))).toEqual([]);
});
