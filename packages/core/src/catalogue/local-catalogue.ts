import { AgentType, type Page, ProjectQuery, RepositoryQuery } from '@agent-harbor/api-contract/schemas';
import type { Clock } from '../clock.ts';
import type { Executor } from '../executor/executor.ts';
import type { LocalCatalogue } from '../harbor.ts';
import type { Log } from '../log.ts';
import { type PageRequest, pageFrom } from '../page.ts';
import { parse } from '../parse.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { FairQueue } from '../session/queue.ts';
import type { Store } from '../store/store.ts';
import { createRepositoryShelf } from './local-repositories.ts';
import { createWorkspaceShelf } from './local-workspaces.ts';
import type { RefCache } from './ref-cache.ts';
import type { UsageMeter } from './usage-meter.ts';

export interface CatalogueParts {
  readonly store: Store;
  readonly executor: Executor;
  readonly queue: FairQueue;
  readonly clock: Clock;
  readonly refs: RefCache;
  readonly usage: UsageMeter;
  readonly log: Log;
}

export const createCatalogue = (parts: CatalogueParts, scope: Scope): LocalCatalogue => {
  const { store, executor, queue } = parts;
  return {
    ...createRepositoryShelf(parts, scope),
    ...createWorkspaceShelf(parts, scope),
    async agents(options) {
      throwIfAborted(options?.signal);
      return executor.agents();
    },
    async agentSchema(type, options) {
      throwIfAborted(options?.signal);
      const known = AgentType.safeParse(type);
      if (!known.success) {
        const types = (await executor.agents()).map((agent) => agent.type);
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
      const [description, capabilities] = await Promise.all([executor.describe(), executor.capabilities()]);
      return [
        {
          ...description,
          ...capabilities,
          snapshotCapabilities: capabilities.snapshotProviders
            .filter(({ available }) => available)
            .map(({ provider }) => provider),
          maxConcurrentTasks: queue.limit,
          running: queue.running,
          queued: queue.waiting,
        },
      ];
    },
    async repositories(query = {}, options) {
      throwIfAborted(options?.signal);
      const { tenantId, projectId, provider, q, ...page } = parse(RepositoryQuery, query);
      const narrow = narrowed(scope, tenantId);
      return narrow === undefined
        ? nothing('repositories', page)
        : store.repositories(narrow, { projectId, provider, q }, page);
    },
    async projects(query = {}, options) {
      throwIfAborted(options?.signal);
      const { tenantId, ...page } = parse(ProjectQuery, query);
      const narrow = narrowed(scope, tenantId);
      return narrow === undefined ? nothing('projects', page) : store.projects(narrow, page);
    },
  };
};

/** What is left of a scope for who asks for one tenant; undefined for who sees another one only. */
const narrowed = (scope: Scope, tenantId: string | undefined): Scope | undefined => {
  if (tenantId === undefined || tenantId === scope.tenantId) return scope;
  return scope.tenantId === null ? { tenantId } : undefined;
};

const nothing = (list: string, request: PageRequest): Page<never> => pageFrom(list, request, [], 0, () => []);
