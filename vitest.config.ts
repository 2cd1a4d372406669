import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { mutating } from './test/faults/mutations/vitest-plugin.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const inside = (folder: string) =>
  existsSync(root + folder) ? readdirSync(root + folder).map((name) => `${folder}/${name}`) : [];
const folders = [
  ...inside('packages'),
  ...inside('apps'),
  ...inside('examples'),
  'bench',
  'tooling',
  'test',
].filter((folder) => existsSync(`${root}${folder}/package.json`));

/** Their files leave nothing behind, so those that follow are run in the same worker, which has loaded most of it. */
const sharing = [
  'packages/api-contract',
  'packages/core',
  'packages/mock-client',
  'packages/mock-llm',
  'packages/scenario',
  'packages/store',
  'tooling',
];

export default defineConfig({
  // Vitest resolves imports of Node tests through `ssr`; plain `resolve.conditions` does nothing there. It hands them to
  // Node as well, so `import` must not be among them: a `require` would then be given an ES module.
  plugins: mutating(),
  ssr: { resolve: { conditions: ['@agent-harbor/source', 'node'] } },
  test: {
    passWithNoTests: true,
    // What is kept of modules does not say which guard was taken out of them.
    fsModuleCache: mutating().length === 0,
    // Tests await events, so a limit only ends what hangs; a busy machine must not look like one.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Most of the time tests wait for processes, disks and sockets: one worker per core keeps the cores busy.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: folders.map((folder) => ({
      extends: true,
      root: root + folder,
      test: {
        name: folder,
        include: ['**/*.test.ts'],
        exclude: ['**/dist/**', '**/node_modules/**'],
        isolate: !sharing.includes(folder),
        // The programs that fault tests break are made once for all of them.
        ...(folder === 'test' ? { globalSetup: `${root}test/faults/harness/shelf.ts` } : {}),
      },
    })),
  },
});
