import { compileGlob } from '../workspace/glob.ts';

/** Branches nobody delivers onto where nothing else is configured: the usual names of the one that people share. */
export const usuallyProtected: readonly string[] = ['main', 'master', 'trunk', 'default'];

/** The way out, in the words of who asks: a task has a branch to begin on as well, which is another one. */
const waysOut = {
  task: 'Name another branch (--target-branch <name>), or ask for a pull request (--delivery pr).',
  delivery: 'Deliver to another branch (--branch <name>), or ask for a pull request (--mode pr).',
} as const;

/** Why a branch is not delivered onto, with the way out of whom it stops; undefined when it may be. */
export const protectionOf = (
  branch: string,
  defaultBranch: string | null,
  globs: readonly string[],
  stopped: keyof typeof waysOut,
): string | undefined => {
  const glob = globs.find((candidate) => compileGlob(candidate)(branch));
  if (branch !== defaultBranch && glob === undefined) return undefined;
  const why =
    branch === defaultBranch
      ? 'is the default branch of the repository'
      : `is protected by ${JSON.stringify(glob)}`;
  return (
    `The branch ${JSON.stringify(branch)} ${why}, and work is not put there without anybody looking at it. ` +
    waysOut[stopped]
  );
};
