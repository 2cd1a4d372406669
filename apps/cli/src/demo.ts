import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { demoRepository } from '@agent-harbor/scenario';
import { Failure } from './failure.ts';

const run = promisify(execFile);

/** What the demonstration asks for, and the scenario that does it. */
export const demoPrompt = 'Fix the failing test';
export const demoScenario = 'fix-failing-test';

/**
 * Finds the demo repository below the folder, or makes it; gives its path. One that somebody has worked on is left
 * alone, and another one is made beside it.
 */
export const prepareDemo = async (parent: string): Promise<string> => {
  for (let number = 1; ; number += 1) {
    const folder = join(parent, number === 1 ? 'demo' : `demo-${number}`);
    if (!existsSync(folder)) return makeDemo(folder);
    if (await isUntouched(folder)) return folder;
  }
};

const makeDemo = async (folder: string): Promise<string> => {
  for (const [path, text] of Object.entries(demoRepository)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--message', 'A shop with a failing test');
  return folder;
};

/** Whether the checkout still holds what the demonstration starts from. Delivered branches do not matter. */
const isUntouched = async (folder: string): Promise<boolean> => {
  try {
    for (const [path, text] of Object.entries(demoRepository)) {
      if ((await readFile(join(folder, path), 'utf8')) !== text) return false;
    }
    const changed = await git(folder, 'status', '--porcelain');
    const branch = await git(folder, 'symbolic-ref', '--short', 'HEAD');
    return changed === '' && branch.trim() === 'main';
  } catch {
    return false;
  }
};

/** git in that folder, whatever the user's configuration, hooks and signing say. */
const git = async (folder: string, ...args: readonly string[]): Promise<string> => {
  try {
    const { stdout } = await run('git', ['-C', folder, ...args], { env: { ...cleanEnvironment(), ...own } });
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
