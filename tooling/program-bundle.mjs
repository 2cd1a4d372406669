// How every program is bundled by esbuild: from the sources of all packages, so that no library has to be built first.
export const programBundle = {
  bundle: true,
  // Keeps dynamic imports lazy: `--help` must not load a server. All chunks lie beside the programs, so
  // `new URL('./recorder.js', import.meta.url)` holds wherever the code that says it ends up.
  splitting: true,
  chunkNames: '[name]-[hash]',
  // Old chunks are left where they are: a running server or recorder may still load one.
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  conditions: ['@agent-harbor/source'],
  // CommonJS dependencies inside an ES module still use these.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
  sourcemap: true,
  legalComments: 'linked',
  logLevel: 'warning',
};
