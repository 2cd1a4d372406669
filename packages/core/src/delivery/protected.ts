import { compileGlob } from '../workspace/glob.ts';

/** Branches nobody delivers onto where nothing else is configured: the usual names of the one that people share. */
export const usuallyProtected: readonly string[] = ['main', 'master', 'trunk', 'default'];

/** Why a branch is not delivered onto, with the way out; undefined when it may be. */
export const protectionOf = (
  branch: string,
  defaultBranch: string | null,
  globs: readonly string[],
): string | undefined => {
  const glob = globs.find((candidate) => compileGlob(candidate)(branch));
  if (branch !== defaultBranch && glob === undefined) return undefined;
  const why =
    branch === defaultBranch
      ? 'is the default branch of the repository'
      : `is protected by ${JSON.stringify(glob)}`;
  return (
    `The branch ${JSON.stringify(branch)} ${why}, and work is not put there without anybody looking at it. ` +
    'Deliver to another branch (--branch <name>), or ask for a pull request (--mode pr).'
  );
};
