import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The packages a file loads when it is loaded itself: what it imports dynamically is not there yet. */
const loadedWith = async (path: string): Promise<string[]> => {
  const { metafile } = await build({
    entryPoints: [at(path)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@agent-harbor/source'],
    external: ['better-sqlite3', 'swagger-ui-dist'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'later',
        setup: ({ onResolve }) => {
          onResolve({ filter: /.*/ }, ({ kind }) =>
            kind === 'dynamic-import' ? { external: true } : undefined,
          );
        },
      },
    ],
  });
  const inputs = Object.entries(metafile.inputs);
  const bundled = inputs.map(([name]) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1]);
  const external = inputs.flatMap(([, { imports }]) =>
    imports
      .filter((each) => each.external === true && each.kind !== 'dynamic-import')
      .map((each) => each.path),
  );
  return [...new Set([...bundled, ...external])]
    .filter((name): name is string => name !== undefined && !name.startsWith('node:'))
    .sort();
};

test('the version, the list of commands and a recorder wait for no library', async () => {
  expect(await loadedWith('main.ts')).toEqual([]);
  expect(await loadedWith('commands/agent/record.ts')).toEqual([]);
});

const commands = readdirSync(at('commands'), { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);

test.each(commands)('the help of %s needs the schemas at most, no client and no server', async (file) => {
  const loaded = await loadedWith(`commands/${file}`);
  expect(['@ts-rest/core', 'commander', 'zod']).toEqual(expect.arrayContaining(loaded));
});

test('a server that starts does not wait for what counts its process or tokens, or sends its traces', async () => {
  const loaded = await loadedWith('../../server/src/start.ts');
  expect(loaded).toContain('pino');
  expect(loaded.filter((name) => /opentelemetry|prom-client|tdigest|gpt-tokenizer/.test(name))).toEqual([]);
});
