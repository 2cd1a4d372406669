import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** What a browser gets that imports the root door. */
const bundle = async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `import { connect } from './index.ts'; globalThis.connect = connect;`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@agent-harbor/source'],
  });
  return { code: outputFiles[0]?.contents ?? new Uint8Array(), files: Object.keys(metafile.inputs) };
};

// esbuild fails by itself on any `node:` import, since none exists in a browser.
test('the root door loads neither zod nor ts-rest nor Node', async () => {
  const { code, files } = await bundle();
  expect(files.filter((file) => /node_modules\/(?!.*eventsource-parser)/.test(file))).toEqual([]);
  expect(files.filter((file) => /undici|validation|schemas/.test(file))).toEqual([]);
  // About a fifth of it are the texts of the problem table.
  expect(gzipSync(code).length).toBeLessThanOrEqual(10.5 * 1024);
});
