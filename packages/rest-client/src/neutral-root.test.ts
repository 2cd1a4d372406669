import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { table } from './routes/table.ts';

/** A client that knows no route: what stays when the contract grows. */
const withoutRoutes: Plugin = {
  name: 'without-routes',
  setup: (build) =>
    build.onLoad({ filter: /\/routes\/table\.ts$/ }, () => ({ contents: 'export const table = {};' })),
};

/** What a browser loads that imports `names` from a door of this package, and nothing else. */
const bundle = async (names: string, door = './index.ts', plugins: Plugin[] = []) => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `import { ${names} } from '${door}'; globalThis.used = [${names}];`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@agent-harbor/source'],
    plugins,
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  return { bytes: gzipSync(code, { level: 9 }).length, files: Object.keys(metafile.inputs) };
};

describe('the door for browsers', () => {
  // esbuild fails by itself on any `node:` import, since none exists in a browser.
  test('loads neither zod nor ts-rest nor Node, and eventsource-parser alone from others', async () => {
    const { files } = await bundle('connect, connectApi, Problem');
    expect(files.filter((file) => /node_modules\/(?!.*eventsource-parser)/.test(file))).toEqual([]);
    expect(files.filter((file) => /undici|validation|schemas|contract\.ts/.test(file))).toEqual([]);
  });

  test('has typed calls and streams that resume in 5.8 KiB, and a route more in 12 bytes', async () => {
    const { bytes } = await bundle('connectApi');
    const { bytes: machinery } = await bundle('connectApi', './index.ts', [withoutRoutes]);
    const routes = Object.values(table).reduce((sum, leaves) => sum + Object.keys(leaves).length, 0);
    expect(machinery).toBeLessThanOrEqual(5.8 * 1024);
    expect((bytes - machinery) / routes).toBeLessThanOrEqual(12);
  });

  test('has the ports on top of that in another 1.25 KiB', async () => {
    const [{ bytes: ports }, { bytes: calls }] = [await bundle('connect'), await bundle('connectApi')];
    expect(ports - calls).toBeLessThanOrEqual(1.25 * 1024);
  });

  test('makes problems that know their table where the table is loaded', async () => {
    const { files } = await bundle('Problem', '@agent-harbor/core/problem');
    expect(files.filter((file) => file.endsWith('api-contract/src/problem.ts'))).toHaveLength(1);
  });
});
