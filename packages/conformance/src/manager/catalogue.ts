import type { ImportRepository, RepositoryFilePage } from '@agent-harbor/api-contract/schemas';
import type { Problem } from '@agent-harbor/core';
import { holds, present, rejectsWith, same } from '../expect.ts';
import { type Bench, check, unknownIds } from './bench.ts';

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

  check(
    'the branches of a repository are listed',
    'the default one is marked and comes first',
    async (bench) => {
      const id = await used(bench);
      const { items, total } = await bench.settle(bench.catalogue.branches(id));
      same(total, items.length, 'total');
      same(
        items.map(({ isDefault }) => isDefault),
        items.map((_, index) => index === 0),
        'which are the default',
      );
      for (const { name, lastCommit } of items) {
        holds(name !== '' && lastCommit !== '', `${name} lacks its name or last commit`);
      }
      const [standing] = items;
      const query = standing?.name.toUpperCase().slice(1) ?? '';
      const found = await bench.settle(bench.catalogue.branches(id, { query, limit: 1 }));
      same(found.items, [standing], 'what is found by a part of the name');
      const none = await bench.settle(bench.catalogue.branches(id, { query: 'no such branch' }));
      same([none.items, none.total], [[], 0], 'what is found by another name');
    },
  ),

  check('the executors say what was tried', 'what cannot be had has a reason', async (bench) => {
    const [host] = await bench.settle(bench.catalogue.executors());
    const { snapshotProviders = [], isolation = [], snapshotCapabilities = [] } = host ?? {};
    holds(snapshotProviders.length > 0 && isolation.length > 0, 'nothing was tried');
    for (const { available, reason } of [...snapshotProviders, ...isolation]) {
      holds(available || (reason ?? '') !== '', 'something cannot be had, and it is not said why');
    }
    same(
      snapshotCapabilities,
      snapshotProviders.filter(({ available }) => available).map(({ provider }) => provider),
      'snapshotCapabilities',
    );
  }),

  check('a repository is imported', 'known without a task, once, by the name it is given', async (bench) => {
    const { catalogue: port, settle, repo } = bench;
    const url = repo.url ?? '';
    const first = await settle(port.importRepository({ url }));
    same(first.remoteUrl, url, 'remoteUrl');
    holds(first.defaultBranch !== null, 'its default branch is not known');
    same(await settle(port.repository(first.id)), first, 'repository');
    const named = await settle(port.importRepository({ url, displayName: 'Named', projectId: 'imports' }));
    same([named.id, named.displayName, named.lastUsedAt], [first.id, 'Named', first.lastUsedAt], 'again');
    await bench.launch();
    same((await settle(port.repository(first.id))).displayName, 'Named', 'its name after a task');
    const { items } = await settle(port.repositories({ projectId: 'imports', q: 'nameD' }));
    same(
      items.map(({ id }) => id),
      [first.id],
      'by project and name',
    );
    const { items: projects } = await settle(port.projects({ perPage: 200 }));
    holds(
      projects.some(({ id }) => id === 'imports'),
      'the project is missing',
    );
  }),

  check('an import is checked', 'the problem names the field', async (bench) => {
    const wrong: readonly (readonly [string, ImportRepository])[] = [
      ['url', { url: '--upload-pack=touch /tmp/x' }],
      ['url', { url: 'ext::sh -c id' }],
      ['url', { url: 'https://me:secret@host.example/a.git' }],
      ['url', { url: 'https://token@host.example/a.git' }],
      ['url', { url: 'ssh://git:secret@host.example/a.git' }],
      ['displayName', { url: bench.repo.url ?? '', displayName: '' }],
    ];
    for (const [field, input] of wrong) {
      const refused = bench.settle(bench.catalogue.importRepository(input));
      const problem = await rejectsWith('invalid-request', refused, input.url);
      same(Object.keys(problem.errors ?? {}), [field], `what is wrong with ${input.url}`);
      holds(!JSON.stringify(problem).includes('secret'), 'the problem tells a password');
    }
    // What is well formed and not there.
    const gone = `${bench.repo.url ?? ''}/missing`;
    const problem = await bench.settle(bench.catalogue.importRepository({ url: gone })).then(
      () => undefined,
      (error: Problem) => error,
    );
    same(Object.keys(problem?.errors ?? {}), ['url'], 'what is wrong with one that is not there');
  }),

  check('a repository is forgotten', 'until it is used again', async (bench) => {
    const { catalogue: port, settle } = bench;
    const id = await used(bench);
    await settle(port.removeRepository(id));
    await rejectsWith('repository-not-found', settle(port.repository(id)), 'repository');
    await rejectsWith('repository-not-found', settle(port.removeRepository(id)), 'forgotten twice');
    const { items } = await settle(port.repositories({ perPage: 200 }));
    holds(!items.some((item) => item.id === id), 'it is listed');
    same(await used(bench), id, 'its id when it is used again');
  }),

  check('tracked files are walked', 'each once, in one commit, a page at a time or whole', async (bench) => {
    const { catalogue: port, settle } = bench;
    const id = await used(bench);
    const whole = await settle(port.repositoryFiles(id));
    holds(whole.items.length > 0, 'there is no file to walk');
    same([whole.nextCursor, whole.total], [null, whole.items.length], 'the end, and how many');
    const paths = whole.items.map(({ path }) => path);
    same(new Set(paths).size, paths.length, 'doubles');
    const walked: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: RepositoryFilePage = await settle(port.repositoryFiles(id, { perPage: 1, cursor }));
      same(page.commit, whole.commit, 'commit');
      walked.push(...page.items.map(({ path }) => path));
      cursor = page.nextCursor;
    }
    same(walked, paths, 'the walk');
    const [first = ''] = paths;
    const one = await settle(port.repositoryFiles(id, { path: first, ref: whole.commit ?? '' }));
    same(
      one.items.map(({ path }) => path),
      [first],
      'one file, at its commit',
    );
    const some = await settle(port.repositoryFiles(id, { q: first.toUpperCase() }));
    holds(
      some.items.some(({ path }) => path === first),
      'a file is not found by its name in other case',
    );
    const { items: none } = await settle(port.repositoryFiles(id, { q: 'no such file' }));
    same(none, [], 'what is found by another name');
    for (const [field, query] of [
      ['ref', { ref: 'no-such-ref' }],
      ['ref', { ref: '--output=/tmp/x' }],
      ['cursor', { cursor: 'bm9wZQ' }],
    ] as const) {
      const problem = await rejectsWith(
        'invalid-request',
        settle(port.repositoryFiles(id, query)),
        JSON.stringify(query),
      );
      same(Object.keys(problem.errors ?? {}), [field], 'what is wrong');
    }
  }),

  check('refs are told of any url', 'branches and tags, the default one first', async (bench) => {
    const { catalogue: port, settle, repo } = bench;
    const url = repo.url ?? '';
    const { items, total, defaultBranch } = await settle(port.gitRefs({ url }));
    same(total, items.length, 'total');
    same([items[0]?.name, items[0]?.isDefault, items[0]?.kind], [defaultBranch, true, 'branch'], 'first');
    const tags = await settle(port.gitRefs({ url, kind: 'tag' }));
    holds(
      tags.items.every(({ kind, isDefault }) => kind === 'tag' && !isDefault),
      'a branch among the tags',
    );
    const wrong = await rejectsWith('invalid-request', settle(port.gitRefs({ url: 'ext::x' })), 'a bad url');
    same(Object.keys(wrong.errors ?? {}), ['url'], 'what is wrong with it');
  }),

  check('a project is known from its first task', 'the last used one comes first', async (bench) => {
    const { catalogue: port, settle } = bench;
    await bench.launch({ projectId: 'shop' });
    const { items } = await settle(port.projects());
    same(items[0]?.id, 'shop', 'the last used one');
    const { items: repositories } = await settle(port.repositories({ projectId: 'shop' }));
    same(
      repositories.map(({ remoteUrl }) => remoteUrl),
      [bench.repo.url],
      'its repositories',
    );
  }),

  check('workspaces are listed', 'with the state they are in, the newest first', async (bench) => {
    const { catalogue: port, settle } = bench;
    const sessionId = await bench.start('waits');
    await bench.reach(sessionId, 'running');
    const { workspace } = await bench.manager.getSession(sessionId);
    const { items } = await settle(port.workspaces({ status: ['active'] }));
    const listed = present(items[0], 'a workspace');
    same(
      [listed.id, listed.sessionId, listed.status, listed.mountPath],
      [workspace.id, sessionId, 'active', workspace.mountPath],
      'the newest',
    );
    same(
      listed.repositories.map(({ url }) => url),
      [bench.repo.url],
      'its repositories',
    );
    const { taskHistory, storageUsed: _, links, ...summary } = await settle(port.workspace(workspace.id));
    same(summary.id, listed.id, 'the workspace by its id');
    same(
      taskHistory.map((task) => task.sessionId),
      [sessionId],
      'what was done in it',
    );
    holds(links.self.endsWith(workspace.id), `${links.self} does not name it`);
    await settle(bench.manager.cancelSession(sessionId));
    same(
      (await settle(port.workspace(workspace.id))).sessionStatus,
      'cancelled',
      'after the end of its session',
    );
  }),

  check('a workspace is measured', 'when it is asked for, and then it is known', async (bench) => {
    const { catalogue: port, settle } = bench;
    const { id: sessionId } = await bench.finished('edits');
    const { id } = (await bench.manager.getSession(sessionId)).workspace;
    const usage = await settle(port.workspaceUsage(id));
    holds(usage.bytes > 0 && usage.files > 0 && usage.isComplete, 'it takes nothing');
    same((await settle(port.workspace(id))).storageUsed, usage, 'what is known of it');
    same(await settle(port.workspaceUsage(id)), usage, 'a young measure');
  }),

  check('an unknown workspace is not found', 'neither it nor what it takes', async (bench) => {
    const { catalogue: port, settle } = bench;
    for (const id of [...unknownIds, ...unknownIds.map((each) => `ws-${each}`)]) {
      const what = JSON.stringify(id);
      await rejectsWith('workspace-not-found', settle(port.workspace(id)), `workspace ${what}`);
      await rejectsWith('workspace-not-found', settle(port.workspaceUsage(id)), `usage ${what}`);
    }
  }),

  check('an unknown repository is not found', 'neither it nor what is in it', async (bench) => {
    const { catalogue: port, settle } = bench;
    for (const id of unknownIds) {
      const what = JSON.stringify(id);
      await rejectsWith('repository-not-found', settle(port.repository(id)), `repository ${what}`);
      await rejectsWith('repository-not-found', settle(port.branches(id)), `branches ${what}`);
      await rejectsWith('repository-not-found', settle(port.repositoryFiles(id)), `files ${what}`);
      await rejectsWith('repository-not-found', settle(port.removeRepository(id)), `removal ${what}`);
    }
  }),
];

/** The id of the repository of the checks, which is used now. */
const used = async (bench: Bench): Promise<string> => {
  await bench.launch();
  const { items } = await bench.settle(bench.catalogue.repositories());
  return present(items[0], 'a repository').id;
};
