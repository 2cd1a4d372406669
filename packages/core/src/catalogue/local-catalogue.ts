import { AgentType, RepositoryQuery } from '@agent-harbor/api-contract/schemas';
import type { Executor } from '../executor/executor.ts';
import { parse } from '../parse.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { FairQueue } from '../session/queue.ts';
import type { Store } from '../store/store.ts';
import type { Catalogue } from './catalogue.ts';

export interface CatalogueParts {
  readonly store: Store;
  readonly executor: Executor;
  readonly queue: FairQueue;
}

export const createCatalogue = ({ store, executor, queue }: CatalogueParts, scope: Scope): Catalogue => {
  const repository: Catalogue['repository'] = async (repositoryId, options) => {
    throwIfAborted(options?.signal);
    const found = await store.repository(scope, repositoryId);
    if (found === undefined) {
      throw new Problem('repository-not-found', { detail: `There is no repository ${repositoryId}.` });
    }
    return found;
  };
  return {
    repository,
    async agents(options) {
      throwIfAborted(options?.signal);
      return executor.agents();
    },
    async agentSchema(type, options) {
      throwIfAborted(options?.signal);
      const known = AgentType.safeParse(type);
      if (!known.success) {
        const types = executor.agents().map((agent) => agent.type);
        throw new Problem('agent-not-found', {
          detail: `There is no agent ${type}; this host has ${types.join(', ')}.`,
        });
      }
      return executor.settingsSchema(known.data);
    },
    async runtimes(options) {
      throwIfAborted(options?.signal);
      return executor.runtimes();
    },
    async executors(options) {
      throwIfAborted(options?.signal);
      const description = await executor.describe();
      return [
        { ...description, maxConcurrentTasks: queue.limit, running: queue.running, queued: queue.waiting },
      ];
    },
    async repositories(query = {}, options) {
      throwIfAborted(options?.signal);
      return store.repositories(scope, parse(RepositoryQuery, query));
    },
    async branches(repositoryId, options) {
      const { remoteUrl } = await repository(repositoryId, options);
      return executor.branches(remoteUrl, options?.signal);
    },
  };
};
