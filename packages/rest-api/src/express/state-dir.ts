import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fieldProblem } from '@agent-harbor/core';

/**
 * Makes the directory a server keeps its state in, for its user alone, or finds it. Throws a problem that says what is
 * in the way. Parents are made one by one: a recursive `mkdir` of Node never ends on file systems that take no
 * directories.
 */
export const makeStateDir = async (stateDir: string): Promise<void> => {
  try {
    await make(resolve(stateDir));
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : String(error);
    throw fieldProblem('stateDir', `cannot be made (${reason}); choose a directory you may write to`);
  }
};

const make = async (path: string, mayMakeParent = true): Promise<void> => {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && (await isDirectory(path))) return;
    if (code !== 'ENOENT' || !mayMakeParent || dirname(path) === path) throw error;
    await make(dirname(path));
    // It is not tried for ever: where the parent exists now, only another reason is left.
    await make(path, false);
  }
};

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
