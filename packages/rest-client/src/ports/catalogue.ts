import type { Catalogue } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem/bare';
import type { Api } from '../routes/api.ts';

export const createCatalogue = ({ catalogue }: Api): Catalogue => ({
  ...catalogue,
  agents: async (options) => (await catalogue.agents(options)).items,
  async agentSchema(type, options) {
    // Only such names make a file name of the route; nothing else can be an agent type.
    if (!/^[\w-]{1,64}$/.test(type)) throw new Problem('agent-not-found');
    return catalogue.agentSchema(`${type}.json`, options);
  },
  runtimes: async (options) => (await catalogue.runtimes(options)).items,
  executors: async (options) => (await catalogue.executors(options)).items,
  repositories: catalogue.repos,
});
