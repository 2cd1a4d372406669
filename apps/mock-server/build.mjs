// Bundles the program: the command of the command line, and nothing else of it.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { programBundle } from '../../tooling/program-bundle.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  ...programBundle,
  entryPoints: { 'mock-server': at('../cli/src/programs/mock-server.ts') },
  outdir: at('dist/program'),
  // Its files are served from its folder.
  external: ['swagger-ui-dist'],
});
