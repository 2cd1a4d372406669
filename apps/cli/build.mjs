// Bundles the programs from the sources of all packages, so no library has to be built first.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const programs = {
  ah: at('src/main.ts'),
  // Programs of their own, because one runs per session and must stay small.
  recorder: at('src/programs/recorder.ts'),
  'mock-agent': at('src/programs/mock-agent.ts'),
};

await build({
  entryPoints: Object.fromEntries(Object.entries(programs).filter(([, source]) => existsSync(source))),
  outdir: at('dist'),
  bundle: true,
  // Keeps dynamic imports lazy: `ah --help` must not load a server. All chunks lie beside the programs,
  // so `new URL('./recorder.js', import.meta.url)` holds wherever the code that says it ends up.
  splitting: true,
  chunkNames: '[name]-[hash]',
  // Old chunks are left in dist: a running server or recorder may still load one.
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  conditions: ['@agent-harbor/source'],
  // One is native, the other's files are served from its folder.
  external: ['better-sqlite3', 'swagger-ui-dist'],
  // CommonJS dependencies inside an ES module still use these.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
  sourcemap: true,
  legalComments: 'linked',
  logLevel: 'warning',
});
