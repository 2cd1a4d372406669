import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { RepoInput } from '@agent-harbor/api-contract/schemas';
import { Failure } from './failure.ts';

/**
 * The repository a person means: a url as it is, a path from where they stand, `none` for work without one. Without
 * a word it is the repository they stand in.
 */
export const readRepo = (flag: string | undefined, branch: string | undefined, cwd: string): RepoInput => {
  if (flag === 'none') return { mode: 'none' };
  if (flag === undefined) {
    const found = enclosingRepository(cwd);
    if (found !== undefined) return { mode: 'git', url: found, branch };
    throw new Failure('repository', {
      happened: 'There is no repository here',
      detail: `${cwd} is not inside a git repository.`,
      remedy: 'Name one with --repo <path or url>, or work without one: --repo none.',
    });
  }
  return { mode: 'git', url: readPlace(flag, cwd), branch };
};

/** Where a person says a repository is: `host:path` and urls are somebody's address; everything else is a path on this machine. */
export const readPlace = (place: string, cwd: string): string =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(place) || /^[\w][\w.-]*@[\w][\w.-]*:/.test(place)
    ? place
    : resolve(cwd, place);

/** The nearest folder upwards that holds a repository; `.git` is a file in worktrees. */
const enclosingRepository = (folder: string): string | undefined => {
  if (existsSync(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : enclosingRepository(parent);
};
