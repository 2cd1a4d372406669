import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { programBundle } from '../../../../tooling/program-bundle.mjs';

/** How the programs of a session are started, as argvs. */
export interface Programs {
  readonly recorderCommand: string[];
  readonly mockAgentCommand: string[];
}

/** Bundles the programs of a session into `folder`: from their sources each of them takes five times as long to start. */
export const bundlePrograms = async (folder: string): Promise<Programs> => {
  await build({
    ...programBundle,
    // By these names the modules know that they are the program, and not imported by one.
    entryPoints: {
      'recorder/main': source('@agent-harbor/executor/recorder'),
      'mock/main': source('@agent-harbor/executor/mock-agent'),
    },
    outdir: folder,
  });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  return {
    recorderCommand: [process.execPath, join(folder, 'recorder/main.js')],
    mockAgentCommand: [process.execPath, join(folder, 'mock/main.js')],
  };
};

const source = (door: string): string => fileURLToPath(import.meta.resolve(door));
