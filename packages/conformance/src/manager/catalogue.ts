import { holds, present, rejectsWith, same } from '../expect.ts';
import { check, unknownIds } from './bench.ts';

export const catalogue = [
  check('the agents are listed', 'each type once, with a schema of its settings', async (bench) => {
    const agents = await bench.settle(bench.catalogue.agents());
    const types = agents.map(({ type }) => type);
    same(new Set(types).size, types.length, 'doubles');
    holds(
      types.includes(bench.agent('edits').type),
      `the agent of the checks is missing in ${types.join(', ')}`,
    );
    for (const { type, settingsSchemaRef } of agents) {
      const schema = await bench.settle(bench.catalogue.agentSchema(type));
      same(schema.type, 'object', `type of the settings of ${type}`);
      holds(settingsSchemaRef.endsWith(`${type}.json`), `${settingsSchemaRef} does not name ${type}`);
    }
  }),

  check('an unknown agent has no schema', 'whatever is no agent type is agent-not-found', async (bench) => {
    for (const type of [...unknownIds, 'constructor', '../agents/mock']) {
      const refused = bench.settle(bench.catalogue.agentSchema(type));
      await rejectsWith('agent-not-found', refused, JSON.stringify(type));
    }
  }),

  check('the runtimes are listed', 'the host itself is one', async (bench) => {
    const runtimes = await bench.settle(bench.catalogue.runtimes());
    holds(
      runtimes.some(({ type }) => type === 'local'),
      'local is missing',
    );
  }),

  check('the executors are listed', 'a host says what it can do', async (bench) => {
    const executors = await bench.settle(bench.catalogue.executors());
    const host = present(executors[0], 'a host');
    holds(host.maxConcurrentTasks >= 1, 'it runs nothing at all');
    holds(host.running >= 0 && host.queued >= 0, 'it counts below nothing');
  }),

  check('a repository is known from its first task', 'the last used one comes first', async (bench) => {
    const { id } = await bench.launch();
    const { repo } = await bench.manager.getSession(id);
    const { items } = await bench.settle(bench.catalogue.repositories());
    const [first] = items;
    same(first?.remoteUrl, repo.url, 'the last used one');
    same(await bench.settle(bench.catalogue.repository(first?.id ?? '')), first, 'repository');
    await bench.launch();
    const again = await bench.settle(bench.catalogue.repositories());
    const listed = again.items.filter(({ remoteUrl }) => remoteUrl === repo.url);
    same(listed.length, 1, 'how often it is listed');
  }),

  check('the branches of a repository are listed', 'the default one is marked', async (bench) => {
    await bench.launch();
    const { items } = await bench.settle(bench.catalogue.repositories());
    const branches = await bench.settle(bench.catalogue.branches(items[0]?.id ?? ''));
    same(branches.filter(({ isDefault }) => isDefault).length, 1, 'default branches');
    for (const { name, lastCommit } of branches) {
      holds(name !== '' && lastCommit !== '', `${name} lacks its name or last commit`);
    }
  }),

  check('an unknown repository is not found', 'neither it nor its branches', async (bench) => {
    const { catalogue: port, settle } = bench;
    for (const id of unknownIds) {
      const what = JSON.stringify(id);
      await rejectsWith('repository-not-found', settle(port.repository(id)), `repository ${what}`);
      await rejectsWith('repository-not-found', settle(port.branches(id)), `branches ${what}`);
    }
  }),
];
