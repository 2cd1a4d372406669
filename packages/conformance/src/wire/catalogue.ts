import { AgentList, ExecutorList, JsonObject, RuntimeList } from '@agent-harbor/api-contract/schemas';
import { holds, same } from '../expect.ts';
import { bodyOf, hasStatus } from './answer.ts';
import { check } from './bench.ts';

export const catalogue = [
  check('every agent has its schema', 'what it understands under settings, as JSON Schema', async (bench) => {
    const { items } = bodyOf(AgentList, await bench.get('/api/v1/agents'), 'the agents');
    holds(items.length > 0, 'the server has no agent');
    for (const { type, settingsSchemaRef, versions } of items) {
      holds(versions.length > 0, `${type} has no version`);
      same(settingsSchemaRef, `/api/v1/schemas/agents/${type}.json`, 'settingsSchemaRef');
      const answer = await bench.get(settingsSchemaRef);
      hasStatus(answer, 200, settingsSchemaRef);
      same(bodyOf(JsonObject, answer, settingsSchemaRef).type, 'object', 'the type of settings');
    }
  }),

  check('runtimes and executors are told', 'what there is, and what it can do', async (bench) => {
    const runtimes = bodyOf(RuntimeList, await bench.get('/api/v1/runtimes'), 'the runtimes');
    holds(runtimes.items.length > 0, 'the server has no runtime');
    const executors = bodyOf(ExecutorList, await bench.get('/api/v1/executors'), 'the executors');
    holds(executors.items.length > 0, 'the server has no executor');
  }),

  check('repositories have two names', '/repos and /repositories are one list', async (bench) => {
    const [repos, repositories] = [await bench.get('/api/v1/repos'), await bench.get('/api/v1/repositories')];
    hasStatus(repos, 200, '/repos');
    hasStatus(repositories, 200, '/repositories');
    same(repositories.text, repos.text, '/repositories');
  }),
];
