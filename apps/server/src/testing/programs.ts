import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the programs of a session are started, as argvs. */
export interface Programs {
  readonly recorderCommand: string[];
  readonly forkServerCommand: string[];
  readonly mockAgentCommand: string[];
}

/** Bundles the programs of a session into `folder`. */
export const bundlePrograms = (folder: string): Programs => {
  const bundler = fileURLToPath(new URL('../../bundle-programs.mjs', import.meta.url));
  execFileSync(process.execPath, ['--conditions=@agent-harbor/source', bundler, folder]);
  return {
    recorderCommand: [process.execPath, join(folder, 'recorder/main.js')],
    forkServerCommand: [process.execPath, join(folder, 'fork-server.js')],
    mockAgentCommand: [process.execPath, join(folder, 'mock/main.js')],
  };
};
