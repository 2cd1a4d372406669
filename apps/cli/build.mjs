// Bundles the programs of the command line.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { programBundle } from '../../tooling/program-bundle.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const programs = {
  ah: at('src/main.ts'),
  // Programs of their own, because one runs per session and must stay small.
  recorder: at('src/programs/recorder.ts'),
  'mock-agent': at('src/programs/mock-agent.ts'),
};

await build({
  ...programBundle,
  entryPoints: Object.fromEntries(Object.entries(programs).filter(([, source]) => existsSync(source))),
  outdir: at('dist'),
  // One is native, the other's files are served from its folder.
  external: ['better-sqlite3', 'swagger-ui-dist'],
});
