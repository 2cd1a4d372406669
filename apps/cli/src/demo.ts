import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';
import type { RepoInput } from '@agent-harbor/api-contract/schemas';
import { demoRepository } from '@agent-harbor/scenario';
import { execa } from 'execa';
import { Failure } from './failure.ts';

/** What the demonstration asks for, and who does it. */
export const demoPrompt = 'Fix the failing test';
export const demoAgent = { type: 'mock', settings: { scenario: 'fix-failing-test' } } as const;

/**
 * Finds the demo repository below the folder, or makes it; gives it as a task takes it. The start is pinned to its
 * first commit, so the demonstration is the same again whatever was checked out, merged or edited there since. A folder
 * of that name that is something else is left alone, and the demo is made beside it.
 */
export const prepareDemo = async (parent: string): Promise<RepoInput & { url: string }> => {
  for (let number = 1; ; number += 1) {
    const folder = join(parent, number === 1 ? 'demo' : `demo-${number}`);
    const isNew = !existsSync(folder);
    if (isNew) await makeDemo(folder);
    const commit = await firstCommit(folder);
    if (commit === undefined && isNew)
      throw new Error(`git does not find what it was just given in ${folder}.`);
    if (commit === undefined) continue;
    // Without the branch, if it was renamed, the commit alone says where to start.
    const branch = (await succeeds(folder, 'show-ref', '--verify', '--quiet', 'refs/heads/main'))
      ? 'main'
      : undefined;
    return { mode: 'git', url: folder, branch, commit };
  }
};

/** Made aside and then moved, so that one that was interrupted is not taken for the demo. */
const makeDemo = async (folder: string): Promise<void> => {
  const draft = `${folder}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  for (const [path, text] of Object.entries(demoRepository)) {
    const file = join(draft, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await git(draft, 'init', '--quiet', '--initial-branch=main');
  await git(draft, 'add', '--all');
  await git(draft, 'commit', '--quiet', '--message', 'A shop with a failing test');
  await rename(draft, folder);
};

/** The commit without parents that holds what the demonstration starts from; undefined when there is none. */
const firstCommit = async (folder: string): Promise<string | undefined> => {
  try {
    const commits = await git(folder, 'rev-list', '--max-parents=0', '--all');
    for (const commit of commits.split('\n').filter(Boolean)) {
      const tree = await git(folder, 'ls-tree', '-r', '-z', commit);
      if (tree.split('\0').filter(Boolean).sort().join('\0') === expectedTree(commit.length)) return commit;
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    // No repository: somebody else's folder.
  }
  return undefined;
};

/** As `git ls-tree` prints it, in repositories of either kind of hash. */
const expectedTree = (idLength: number): string =>
  Object.entries(demoRepository)
    .map(([path, text]) => {
      const id = createHash(idLength === 40 ? 'sha1' : 'sha256')
        .update(`blob ${Buffer.byteLength(text)}\0${text}`)
        .digest('hex');
      return `100644 blob ${id}\t${path}`;
    })
    .sort()
    .join('\0');

const succeeds = (folder: string, ...args: readonly string[]): Promise<boolean> =>
  git(folder, ...args).then(
    () => true,
    () => false,
  );

/** git in that folder, whatever the user's configuration, hooks and signing say. */
const git = async (folder: string, ...args: readonly string[]): Promise<string> => {
  try {
    const { stdout } = await execa('git', ['-C', folder, ...args], {
      env: { ...cleanEnvironment(), ...own },
      extendEnv: false,
    });
    return stdout;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
      throw new Failure('repository', {
        happened: 'git is not there',
        detail: 'The demo repository is made with git, and every session works in one.',
        remedy: 'Install git and try again.',
        cause,
      });
    }
    throw cause;
  }
};

/** Inside a git hook or alias, GIT_DIR and its like would lead to the user's repository. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));

const own = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Agent Harbor',
  GIT_AUTHOR_EMAIL: 'demo@agent-harbor.invalid',
  GIT_COMMITTER_NAME: 'Agent Harbor',
  GIT_COMMITTER_EMAIL: 'demo@agent-harbor.invalid',
};
