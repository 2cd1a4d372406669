import { existsSync, writeFileSync } from 'node:fs';
import { identityOf } from '../process/identity.ts';
import type { ProcessTree } from '../process/process-tree.ts';
import { complain } from './complain.ts';

/** The tree whose first process is written down at `path`, for hosts where the others are found from it. */
export const rememberRoot = (tree: ProcessTree, path: string): ProcessTree => {
  const remember = <Started extends { readonly pid?: number | undefined }>(child: Started): Started => {
    const identity = child.pid === undefined ? undefined : identityOf(child.pid);
    if (identity === undefined || existsSync(path)) return child;
    try {
      writeFileSync(path, JSON.stringify(identity), { mode: 0o600 });
    } catch (error) {
      // The agent runs; on most hosts its processes are found without this.
      complain('The first process could not be written down', error);
    }
    return child;
  };
  return {
    ...tree,
    spawn: (argv, options) => remember(tree.spawn(argv, options)),
    born: (start) => remember(tree.born(start)),
  };
};
