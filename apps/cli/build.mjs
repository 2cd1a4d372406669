// Bundles the programs of the command line.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { programBundle } from '../../tooling/program-bundle.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const programs = {
  ah: at('src/main.ts'),
  // Programs of their own, because one runs per session and must stay small.
  recorder: at('src/programs/recorder.ts'),
  'mock-agent': at('src/programs/mock-agent.ts'),
  // As it is: it has nothing to do with the command line.
  'fork-server': at('../../packages/executor/src/process/fork-server/main.ts'),
  // The thread of the server that counts tokens.
  tokenizer: at('../server/src/tokenizer-worker.ts'),
};

const { metafile } = await build({
  ...programBundle,
  metafile: true,
  entryPoints: Object.fromEntries(Object.entries(programs).filter(([, source]) => existsSync(source))),
  outdir: at('dist'),
  // Two are native, one is a program, the files of the other are served from its folder.
  external: ['@lydell/node-pty', '@vscode/ripgrep', 'better-sqlite3', 'swagger-ui-dist'],
});

// A server or recorder of an earlier build may still load one of its chunks, but not for ever.
const keptMs = 14 * 24 * 3_600_000;
const now = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const entry of readdirSync(at('dist'), { withFileTypes: true })) {
  const path = at(`dist/${entry.name}`);
  if (!entry.isFile() || now.has(entry.name) || Date.now() - statSync(path).mtimeMs < keptMs) continue;
  rmSync(path);
}
// What was compiled of former builds; the next start compiles again.
rmSync(at('dist/.compiled'), { recursive: true, force: true });
