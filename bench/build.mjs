// Bundles the servers that are measured as the product's own programs are bundled: what runs is what is shipped.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { programBundle } from '../tooling/program-bundle.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  ...programBundle,
  entryPoints: {
    raw: at('src/servers/raw/main.ts'),
    naive: at('src/servers/naive/main.ts'),
    ours: at('../apps/server/src/testing/append-server.ts'),
    feed: at('src/servers/feed/main.ts'),
    watch: at('src/servers/watch.ts'),
  },
  outdir: at('dist'),
  // One is native, the other's files are served from its folder.
  external: ['better-sqlite3', 'swagger-ui-dist'],
});
