// Bundles the programs of a session for tests: from their sources each of them takes five times as long to start.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { programBundle } from '../../tooling/program-bundle.mjs';

const [folder = ''] = process.argv.slice(2);
await build({
  ...programBundle,
  // By these names the modules know that they are the program, and not imported by one.
  entryPoints: {
    'recorder/main': fileURLToPath(import.meta.resolve('@agent-harbor/executor/recorder')),
    'mock/main': fileURLToPath(import.meta.resolve('@agent-harbor/executor/mock-agent')),
  },
  outdir: folder,
});
await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
