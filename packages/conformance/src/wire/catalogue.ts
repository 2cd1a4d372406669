import {
  AgentList,
  BranchList,
  ExecutorList,
  GitRefList,
  JsonObject,
  ProjectPage,
  Repository,
  RepositoryFilePage,
  RepositoryPage,
  RuntimeList,
  WorkspaceDetail,
  WorkspacePage,
  WorkspaceStatus,
  WorkspaceUsage,
} from '@agent-harbor/api-contract/schemas';
import { NotApplicable } from '../check.ts';
import { holds, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem, jsonOf } from './answer.ts';
import { check, type WireBench } from './bench.ts';

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

  check('a repository is imported and forgotten', '201 with its place, 204, then 404', async (bench) => {
    const url = bench.repo;
    if (url === undefined)
      throw new NotApplicable('no repository is named that may be imported and forgotten');
    const answer = await bench.post('/api/v1/repositories', { url, displayName: 'By the checks' });
    hasStatus(answer, 201, 'the import');
    const repository = bodyOf(Repository, answer, 'the import');
    const path = `/api/v1/repositories/${repository.id}`;
    same(answer.headers.location, path, 'Location');
    same(repository.displayName, 'By the checks', 'displayName');
    same(
      bodyOf(Repository, await bench.get(path), 'the repository'),
      repository,
      'the repository as it is read',
    );
    hasStatus(await bench.remove(path), 204, 'the removal');
    isProblem(await bench.get(path), 'repository-not-found', 'reading it');
    isProblem(await bench.remove(path), 'repository-not-found', 'removing it again');
  }),

  check(
    'an import tells no password',
    'a url with a credential is refused without being repeated',
    async (bench) => {
      const url = 'https://me:s3cr3t-w0rd@host.example/a.git';
      const refused = await bench.post('/api/v1/repositories', { url });
      isProblem(refused, 'invalid-request', 'the import');
      holds(!refused.text.includes('s3cr3t-w0rd'), 'the problem repeats the password', refused.evidence);
    },
  ),

  check(
    'branches are found by what is typed',
    'the default one first; limit cuts, total counts',
    async (bench) => {
      const path = `/api/v1/repositories/${(await someRepository(bench)).id}/branches`;
      const all = bodyOf(BranchList, await bench.get(path), 'the branches');
      const [first] = all.items;
      same(first?.isDefault, true, 'the first is the default');
      const typed = encodeURIComponent(first?.name.toUpperCase() ?? '');
      const found = bodyOf(BranchList, await bench.get(`${path}?query=${typed}&limit=1`), 'what is found');
      same(found.items, [first], 'what is found');
      const none = bodyOf(BranchList, await bench.get(`${path}?query=no~such`), 'what is not there');
      same([none.items, none.total], [[], 0], 'what is not there');
    },
  ),

  check('tracked files are walked', 'every page goes on in the commit of the first', async (bench) => {
    const path = `/api/v1/repositories/${(await someRepository(bench)).id}/files`;
    const whole = bodyOf(RepositoryFilePage, await bench.get(path), 'the files');
    holds(whole.items.length > 0, 'there is no file to walk');
    const walked: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null && walked.length <= whole.items.length; ) {
      const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: RepositoryFilePage = bodyOf(
        RepositoryFilePage,
        await bench.get(`${path}?perPage=1${from}`),
        'a page',
      );
      same(page.commit, whole.commit, 'commit');
      holds(page.items.length <= 1, 'a page of one holds more');
      walked.push(...page.items);
      cursor = page.nextCursor;
    }
    same(walked, whole.items, 'the walk');
    isProblem(await bench.get(`${path}?ref=--output%3Dx`), 'invalid-request', 'a ref that is none');
  }),

  check('refs are told of a url', 'with a tag by which a second question is answered 304', async (bench) => {
    const { remoteUrl } = await someRepository(bench);
    const path = `/api/v1/git/refs?url=${encodeURIComponent(remoteUrl)}`;
    const answer = await bench.get(path);
    const refs = bodyOf(GitRefList, answer, 'the refs');
    same(refs.items[0]?.name, refs.defaultBranch, 'the default branch comes first');
    const again = await bench.get(path, { 'if-none-match': answer.headers.etag ?? '' });
    hasStatus(again, 304, 'the same again');
    isProblem(await bench.get('/api/v1/git/refs?url=ext%3A%3Ash'), 'invalid-request', 'a url that is none');
  }),

  check('a project is known from its tasks', 'and narrows the repositories', async (bench) => {
    const projectId = `project-${await bench.mark()}`;
    await bench.launch({ projectId });
    if (bench.repo !== undefined) await someRepository(bench);
    const { items } = bodyOf(ProjectPage, await bench.get('/api/v1/projects?perPage=200'), 'the projects');
    holds(
      items.some(({ id }) => id === projectId),
      'the project is missing',
    );
    const none = await bench.get(`/api/v1/repos?projectId=${projectId}-x`);
    same(bodyOf(RepositoryPage, none, 'the repositories').total, 0, 'of a project nobody has');
  }),

  check(
    'a workspace is told with what was done in it',
    'it is listed, read, measured and linked',
    async (bench) => {
      const id = await bench.ended();
      const { workspace } = Object(jsonOf(await bench.get(`/api/v1/sessions/${id}`)));
      const path = `/api/v1/workspaces/${workspace.id}`;
      const read = bodyOf(WorkspaceDetail, await bench.get(path), 'the workspace');
      same(
        read.taskHistory.map(({ sessionId }) => sessionId),
        [id],
        'what was done in it',
      );
      for (const link of Object.values(read.links)) hasStatus(await bench.get(link), 200, link);
      const usage = bodyOf(WorkspaceUsage, await bench.get(`${path}/usage`), 'what it takes');
      same(bodyOf(WorkspaceDetail, await bench.get(path), 'the workspace').storageUsed, usage, 'storageUsed');
      const listed = await bench.get(`/api/v1/workspaces?status=${read.status}&perPage=200`);
      const { items } = bodyOf(WorkspacePage, listed, 'the workspaces');
      same(
        items.map(({ status }) => status),
        items.map(() => read.status),
        'the states that are listed',
      );
      const others = WorkspaceStatus.options.filter((status) => status !== read.status).join(',');
      const elsewhere = await bench.get(`/api/v1/workspaces?status=${others}&perPage=200`);
      holds(!elsewhere.text.includes(workspace.id), 'it is listed in another state, too', elsewhere.evidence);
      isProblem(await bench.get(`${path}x`), 'workspace-not-found', 'another one');
    },
  ),
];

/** A repository the server can read. Throws `NotApplicable` when there is none. */
const someRepository = async (bench: WireBench): Promise<Repository> => {
  if (bench.repo !== undefined) {
    const answer = await bench.post('/api/v1/repositories', { url: bench.repo });
    hasStatus(answer, 201, 'the import');
    return bodyOf(Repository, answer, 'the import');
  }
  const { items } = bodyOf(RepositoryPage, await bench.get('/api/v1/repos'), 'the repositories');
  for (const repository of items) {
    const { status } = await bench.get(`/api/v1/repositories/${repository.id}/branches`);
    if (status === 200) return repository;
  }
  throw new NotApplicable('the server knows no repository it can read');
};
