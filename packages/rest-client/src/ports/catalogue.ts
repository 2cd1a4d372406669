import type { Catalogue } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import type { Caller } from '../call.ts';

export const createCatalogue = (call: Caller): Catalogue => ({
  agents: async (options) => (await call('catalogue.agents', { options })).body.items,
  async agentSchema(type, options) {
    // Only such names make a file name of the route; nothing else can be an agent type.
    if (!/^[\w-]{1,64}$/.test(type)) throw new Problem('agent-not-found');
    return (await call('catalogue.agentSchema', { params: { file: `${type}.json` }, options })).body;
  },
  runtimes: async (options) => (await call('catalogue.runtimes', { options })).body.items,
  executors: async (options) => (await call('catalogue.executors', { options })).body.items,
  repositories: async (query, options) => (await call('catalogue.repos', { query, options })).body,
  repository: async (id, options) => (await call('catalogue.repository', { params: { id }, options })).body,
  branches: async (id, options) => (await call('catalogue.branches', { params: { id }, options })).body.items,
});
