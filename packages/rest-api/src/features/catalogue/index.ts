import { agentSchema } from './agent-schema.ts';
import { agents } from './agents.ts';
import { branches } from './branches.ts';
import { executors } from './executors.ts';
import { repos } from './repos.ts';
import { repositories } from './repositories.ts';
import { repository } from './repository.ts';
import { runtimes } from './runtimes.ts';

export const catalogue = {
  agents,
  agentSchema,
  runtimes,
  executors,
  repos,
  repositories,
  repository,
  branches,
};
