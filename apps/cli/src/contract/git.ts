import { basename, dirname } from 'node:path';
import { unreadable } from './unreadable.ts';

/** Nobody writes a contract that is longer, and no bomb is. */
export const mostBytes = 32 * 1024 * 1024;

/** A commit that a branch, tag or the like names; fails when there is none. */
export const commitOf = async (folder: string, ref: string): Promise<string> => {
  // git itself forbids such names, and would take it for an option.
  const found = ref.startsWith('-')
    ? undefined
    : await git(folder, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`);
  if (found !== undefined) return found.trim();
  throw unreadable(
    `git knows no commit "${ref}" in ${folder}.`,
    'Name a branch, a tag or a commit; in CI, fetch the history (`fetch-depth: 0` of actions/checkout).',
  );
};

/** Where this branch left another one. */
export const mergeBaseWith = async (folder: string, ref: string): Promise<string> => {
  const commit = await commitOf(folder, ref);
  const head = await commitOf(folder, 'HEAD');
  const found = await git(folder, 'merge-base', '--', commit, head);
  if (found !== undefined) return found.trim();
  throw unreadable(
    `git finds nothing that "${ref}" and what is checked out have in common.`,
    'Fetch the history (`fetch-depth: 0` of actions/checkout), or name the two documents.',
  );
};

/** A file as it was in a commit; undefined where it was not there. */
export const fileAt = async (file: string, commit: string): Promise<string | undefined> => {
  const folder = dirname(file);
  // As a pathspec that is no pattern.
  const listed = await git(
    folder,
    '--literal-pathspecs',
    'ls-tree',
    '-z',
    commit,
    '--',
    `./${basename(file)}`,
  );
  if (listed === undefined || listed === '') return undefined;
  return git(folder, 'cat-file', 'blob', `${commit}:./${basename(file)}`);
};

/** A blob by its path from the root of the repository, or from here when it begins with `./`. */
export const blobAt = (folder: string, commit: string, path: string): Promise<string | undefined> =>
  git(folder, 'cat-file', 'blob', `${commit}:${path}`);

const git = async (folder: string, ...args: readonly string[]): Promise<string | undefined> => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  // Who asks for help does not wait for it.
  const { execa } = await import('execa');
  const { failed, code, stdout } = await execa('git', ['-C', folder, ...args], {
    // Inside a hook, GIT_DIR and its like would lead elsewhere.
    env,
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: mostBytes,
  });
  if (code === 'ENOENT') throw unreadable('git is not there.', 'Install git, or name the two documents.');
  return failed ? undefined : stdout;
};
