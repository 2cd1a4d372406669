import { agentSchema } from './agent-schema.ts';
import { agents } from './agents.ts';
import { branches } from './branches.ts';
import { executors } from './executors.ts';
import { gitRefs } from './git-refs.ts';
import { importRepository } from './import-repository.ts';
import { projects } from './projects.ts';
import { removeRepository } from './remove-repository.ts';
import { repos } from './repos.ts';
import { repositories } from './repositories.ts';
import { repository } from './repository.ts';
import { repositoryFiles } from './repository-files.ts';
import { runtimes } from './runtimes.ts';
import { workspace } from './workspace.ts';
import { workspaceUsage } from './workspace-usage.ts';
import { workspaces } from './workspaces.ts';

export const catalogue = {
  agents,
  agentSchema,
  runtimes,
  executors,
  repos,
  repositories,
  importRepository,
  repository,
  removeRepository,
  branches,
  repositoryFiles,
  gitRefs,
  projects,
  workspaces,
  workspace,
  workspaceUsage,
};
