// Bundles the programs of a session for tests: from their sources each of them takes five times as long to start.
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { programBundle } from '../../tooling/program-bundle.mjs';

const [folder = ''] = process.argv.slice(2);
const executor = fileURLToPath(import.meta.resolve('@agent-harbor/executor/recorder'));
await build({
  ...programBundle,
  // By these names the modules know that they are the program, and not imported by one.
  entryPoints: {
    'recorder/main': executor,
    'fork-server': fileURLToPath(import.meta.resolve('@agent-harbor/executor/fork-server')),
    'mock/main': fileURLToPath(import.meta.resolve('@agent-harbor/executor/mock-agent')),
  },
  outdir: folder,
  // Native, and not to be found from a folder that has no packages.
  plugins: [
    {
      name: 'where the packages are',
      setup({ onResolve }) {
        onResolve({ filter: /^@lydell\/node-pty$/ }, ({ path }) => ({
          path: pathToFileURL(createRequire(executor).resolve(path)).href,
          external: true,
        }));
      },
    },
  ],
});
await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
