import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The programs that are measured. */
export const programs = {
  raw: at('../../dist/raw.js'),
  naive: at('../../dist/naive.js'),
  /** The access point with the route that appends events, which no program serves. */
  ours: at('../../dist/ours.js'),
  /** The rules and the store over journals that are fed from inside. */
  feed: at('../../dist/feed.js'),
  watch: at('../../dist/watch.js'),
  /** The product's own programs, as `npm run bench` built them. */
  ah: at('../../../apps/cli/dist/ah.js'),
  recorder: at('../../../apps/cli/dist/recorder.js'),
  forkServer: at('../../../apps/cli/dist/fork-server.js'),
  mockAgent: at('../../../apps/cli/dist/mock-agent.js'),
} as const;

/** Bundles the servers from the sources as they are now. */
export const bundlePrograms = (): void => {
  const { status } = spawnSync(process.execPath, [at('../../build.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('The servers could not be bundled, see above.');
};
