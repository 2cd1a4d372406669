// Bundles the program from the sources of all packages: the command of the command line, and nothing else of it.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: { 'mock-server': at('../cli/src/programs/mock-server.ts') },
  outdir: at('dist/program'),
  bundle: true,
  // Keeps dynamic imports lazy: `--help` must not load a server.
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  conditions: ['@agent-harbor/source'],
  // Its files are served from its folder.
  external: ['swagger-ui-dist'],
  // CommonJS dependencies inside an ES module still use these.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
  sourcemap: true,
  legalComments: 'linked',
  logLevel: 'warning',
});
