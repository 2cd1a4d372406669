import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ManagerContext, quickMockAgent } from '@agent-harbor/conformance';
import type {
  Conversations,
  Deliveries,
  HarborView,
  TaskManager,
  Terminals,
  Webhooks,
} from '@agent-harbor/core';
import { bundlePrograms, type Programs } from './programs.ts';

/** A state directory and a small repository for tests with real processes, removed at the end. */
export interface RealHost {
  readonly stateDir: string;
  /** The path of a git repository with one commit on `main`. */
  readonly repository: string;
  readonly programs: Programs;
  remove(): Promise<void>;
}

export const createRealHost = async (): Promise<RealHost> => {
  const folder = await mkdtemp(join(tmpdir(), 'ah-real-'));
  const repository = join(folder, 'repository');
  mkdirSync(repository);
  writeFileSync(join(repository, 'README.md'), '# A repository for checks\n');
  git(repository, 'init', '--quiet', '--initial-branch=main');
  git(repository, 'add', '--all');
  git(repository, 'commit', '--quiet', '--message', 'Begin');
  return {
    stateDir: join(folder, 'state'),
    repository,
    programs: bundlePrograms(join(folder, 'programs')),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
};

const identity = [
  '-c',
  'user.name=Tests',
  '-c',
  'user.email=tests@agent-harbor.invalid',
  '-c',
  'commit.gpgSign=false',
];

const git = (folder: string, ...args: readonly string[]): void => {
  execFileSync('git', [...identity, '-C', folder, ...args], { stdio: 'ignore' });
};

/** What the checks of the manager suite get: these ports, over the host's own repository. */
export const managerContext = (
  {
    tasks,
    workspaces,
    catalogue,
    conversations,
    deliveries,
    webhooks,
    terminals,
  }: Pick<HarborView, 'workspaces' | 'catalogue'> & {
    readonly conversations: Conversations;
    readonly deliveries: Deliveries;
    readonly webhooks: Webhooks;
    readonly tasks: TaskManager;
    readonly terminals: Terminals;
  },
  { repository }: RealHost,
): ManagerContext => ({
  manager: tasks,
  workspaces,
  catalogue,
  conversations,
  webhooks,
  deliveries,
  terminals,
  // Real processes take their time anyway.
  agent: quickMockAgent,
  repo: { mode: 'git', url: repository },
  settle: (work) => work,
});
