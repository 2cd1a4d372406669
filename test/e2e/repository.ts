import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgsign=false'];

/** Runs git in a repository and gives what it printed. */
export const git = async (repository: string, ...args: readonly string[]): Promise<string> => {
  const { stdout } = await execa('git', [...identity, ...args], { cwd: repository });
  return stdout;
};

/** A repository with one commit of these files on `main`. */
export const createRepository = async (
  path: string,
  files: Readonly<Record<string, string>>,
): Promise<string> => {
  await mkdir(path, { recursive: true });
  await git(path, 'init', '--quiet', '--initial-branch=main');
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  await git(path, 'add', '--all');
  await git(path, 'commit', '--quiet', '--message', 'Begin');
  return path;
};
