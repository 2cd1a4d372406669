import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RepoInput } from '@agent-harbor/api-contract/schemas';
import {
  type Clock,
  type DeliveryResult,
  type DeliveryWish,
  defaultApprovals,
  type Run,
} from '@agent-harbor/core';
import { vi } from 'vitest';
import { createWorkspaces, type GitWorkspaces } from '../workspaces.ts';

// Real repositories and dozens of git commands, on machines that do other things as well.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A temporary directory with a state directory and repositories in it. */
export interface Lab {
  readonly root: string;
  readonly stateDir: string;
  readonly workspaces: GitWorkspaces;
  /** A repository with one commit on `main`. */
  repository(name?: string, files?: Readonly<Record<string, string | Buffer>>): string;
  close(): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, wake) {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Git as a user runs it, with an identity and nothing else of this host. */
export const git = (directory: string, ...args: string[]): string =>
  execFileSync('git', args, {
    cwd: directory,
    env: userEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  }).trimEnd();

/** A named pipe: whoever opens it for reading waits for a writer. */
export const makePipe = (path: string): void => {
  execFileSync('/bin/sh', ['-c', 'mkfifo -- "$1"', 'sh', path], { env: userEnvironment });
};

const identity = { NAME: 'A User', EMAIL: 'user@example.org', DATE: '@1700000000 +0000' };
export const userEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) =>
      Object.entries(identity).map(([key, value]) => [`GIT_${who}_${key}`, value]),
    ),
  ),
};

export const openLab = (environment: NodeJS.ProcessEnv = { PATH: process.env.PATH }): Lab => {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'harbor-workspace-'));
  const stateDir = join(root, 'state');
  return {
    root,
    stateDir,
    workspaces: createWorkspaces({ stateDir, clock: systemClock, environment }),
    repository(
      name = 'repository',
      files = { 'readme.md': '# Hello\n', 'src/a.ts': 'export const a = 1;\n' },
    ) {
      const directory = join(root, name);
      mkdirSync(directory, { recursive: true });
      git(directory, 'init', '--quiet', '--initial-branch=main');
      write(directory, files);
      git(directory, 'add', '--all');
      git(directory, 'commit', '--quiet', '--message=first');
      return directory;
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
};

export const write = (directory: string, files: Readonly<Record<string, string | Buffer>>): void => {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
};

const ids = ['01J8Z0000000000000000000AA', '01J8Z0000000000000000000BB', '01J8Z0000000000000000000CC'];

export const runOn = (repo: RepoInput, options: Partial<Run> = {}): Run => ({
  sessionId: ids[0] ?? '',
  taskId: '01J8Z00000000000000000TASK',
  prompt: 'Do it.',
  repo,
  agent: { type: 'mock', version: 'latest', settings: {} },
  deliverTo: 'work',
  approvals: defaultApprovals,
  idleTimeoutMs: 0,
  checks: [],
  ...options,
});

/** Everything below a directory, by content, mode and time: two equal prints mean that nothing was touched. */
export const fingerprint = (directory: string, ignore: (path: string) => boolean = () => false): string => {
  const lines: string[] = [];
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(directory.length + 1);
    if (ignore(name)) continue;
    const { mode, mtimeMs } = lstatSync(path);
    const content = entry.isFile() ? readFileSync(path) : entry.isSymbolicLink() ? readlinkSync(path) : '';
    const hash = createHash('sha256').update(content).digest('hex');
    lines.push(`${name} ${mode} ${entry.isDirectory() ? '' : mtimeMs} ${hash}`);
  }
  return lines.sort().join('\n');
};

/** Delivers as the end of a session does; a name below `ah/` counts as made up. */
export const deliver = (
  workspaces: GitWorkspaces,
  { deliverTo, ...run }: Run,
  message: string,
  differences: Partial<DeliveryWish> = {},
  signal?: AbortSignal,
): Promise<DeliveryResult> =>
  workspaces.deliver(
    { ...run, deliverTo },
    {
      mode: 'branch',
      branch: deliverTo,
      isMadeUp: deliverTo?.startsWith('ah/') === true,
      message,
      isFinal: true,
      ...differences,
    },
    signal,
  );
