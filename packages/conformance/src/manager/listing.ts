import type { CreateTask, Page, Session, SessionQuery } from '@agent-harbor/api-contract/schemas';
import type { Query } from '@agent-harbor/core';
import { holds, present, rejectsWith, same } from '../expect.ts';
import { type Bench, check } from './bench.ts';

/** Sessions of one task, which a query for that task tells from all others. */
const launchMany = async (bench: Bench, count: number, members: Partial<CreateTask> = {}) => {
  const task = await bench.launch({ agents: [{ ...bench.agent('waits'), count }], ...members });
  return { taskId: task.task_id, ids: task.session_ids };
};

const list = (bench: Bench, query: Query<SessionQuery>): Promise<Page<Session>> =>
  bench.settle(bench.manager.listSessions(query));

const idsIn = (page: Page<Session>): string[] => page.items.map(({ id }) => id);

/** Finds exactly these, in any order. */
const finds = async (bench: Bench, query: Query<SessionQuery>, ids: readonly string[], what: string) => {
  same(idsIn(await list(bench, query)).sort(), [...ids].sort(), what);
};

export const listing = [
  check('listSessions finds what was launched', 'a launch that resolved is listed', async (bench) => {
    // A session that has ended stands still, so both looks must be the same.
    const { id } = await bench.finished('edits');
    const session = await bench.settle(bench.manager.getSession(id));
    same((await list(bench, { taskId: session.taskId })).items, [session], 'the list of one');
    const { taskId, ids } = await launchMany(bench, 2);
    const page = await list(bench, { taskId });
    same(idsIn(page).sort(), [...ids].sort(), 'ids');
    same(page.total, 2, 'total');
  }),

  check('listSessions filters by status', 'one status, or any of several', async (bench) => {
    const id = await bench.start('waits');
    const { taskId } = await bench.manager.getSession(id);
    await bench.reach(id, 'running');
    await finds(bench, { taskId, status: ['running'] }, [id], 'running');
    await finds(bench, { taskId, status: ['completed', 'running'] }, [id], 'completed or running');
    await finds(bench, { taskId, status: ['completed'] }, [], 'completed');
  }),

  check('listSessions filters by agent and project', 'only what matches both', async (bench) => {
    const { taskId, ids } = await launchMany(bench, 1, { projectId: 'p-7' });
    const { type } = bench.agent('waits');
    await finds(bench, { taskId, agent: type, projectId: 'p-7' }, ids, 'agent and project');
    await finds(bench, { taskId, projectId: 'p-8' }, [], 'another project');
  }),

  check(
    'listSessions filters by label',
    'key and value match whole; several labels must all match',
    async (bench) => {
      const { taskId, ids } = await launchMany(bench, 1, { labels: { team: 'a:b', kind: 'x' } });
      await finds(bench, { taskId, label: 'team:a:b' }, ids, 'a value with a colon');
      await finds(bench, { taskId, label: ['team:a:b', 'kind:x'] }, ids, 'two labels');
      await finds(bench, { taskId, label: ['team:a:b', 'kind:y'] }, [], 'one label of two');
      await finds(bench, { taskId, label: 'team:a' }, [], 'a part of the value');
    },
  ),

  check('listSessions filters by repository', 'the url as it was given', async (bench) => {
    const { taskId, ids } = await launchMany(bench, 1);
    const { repo } = await bench.manager.getSession(ids[0] ?? '');
    await finds(bench, { taskId, repo: present(repo.url, 'repo.url') }, ids, 'its repository');
    await finds(bench, { taskId, repo: 'https://example.com/none.git' }, [], 'another repository');
  }),

  check(
    'listSessions finds words of the prompt',
    'every word of q occurs, whatever the case',
    async (bench) => {
      const { taskId, ids } = await launchMany(bench, 1, { prompt: 'Teach the parrot to whistle, please' });
      await finds(bench, { taskId, q: 'PARROT' }, ids, 'one word');
      await finds(bench, { taskId, q: 'whistle parrot' }, ids, 'two words');
      await finds(bench, { taskId, q: 'parrot elephant' }, [], 'one word of two');
      // Whatever an index makes of such characters, they are no syntax.
      await finds(bench, { taskId, q: 'elephant" OR "parrot' }, [], 'an injection');
    },
  ),

  check(
    'listSessions filters by time',
    'createdAfter and createdBefore bound the creation',
    async (bench) => {
      const { taskId, ids } = await launchMany(bench, 1);
      const at = Date.parse((await bench.manager.getSession(ids[0] ?? '')).createdAt);
      const before = new Date(at - 1000).toISOString();
      const after = new Date(at + 1000).toISOString();
      await finds(bench, { taskId, createdAfter: before, createdBefore: after }, ids, 'within');
      await finds(bench, { taskId, createdAfter: after }, [], 'too late');
      await finds(bench, { taskId, createdBefore: before }, [], 'too early');
    },
  ),

  check('listSessions pages by number', 'every session once, and the end is told', async (bench) => {
    const { taskId, ids } = await launchMany(bench, 5);
    const seen: string[] = [];
    for (let page: number | null = 1; page !== null; ) {
      const part: Page<Session> = await list(bench, { taskId, perPage: 2, page });
      same(part.total, 5, 'total');
      same(part.pagination, { page, perPage: 2, total: 5, totalPages: 3 }, 'pagination');
      seen.push(...idsIn(part));
      page = part.nextPage;
      holds(seen.length <= 5, 'the pages do not end');
    }
    same(seen.sort(), [...ids].sort(), 'sessions');
  }),

  check('listSessions pages by cursor', 'every session once, in the order of the list', async (bench) => {
    const { taskId } = await launchMany(bench, 5);
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const part: Page<Session> = await list(bench, { taskId, perPage: 2, cursor });
      seen.push(...idsIn(part));
      cursor = part.nextCursor;
      holds(seen.length <= 5, 'the pages do not end');
    }
    same(seen, idsIn(await list(bench, { taskId })), 'sessions');
  }),

  check('listSessions sorts', 'by creation or change, either way', async (bench) => {
    const { taskId } = await launchMany(bench, 3);
    const newest = idsIn(await list(bench, { taskId }));
    same(idsIn(await list(bench, { taskId, sort: '-createdAt' })), newest, 'the usual order');
    same(idsIn(await list(bench, { taskId, sort: 'createdAt' })), [...newest].reverse(), 'oldest first');
    const changed = (await list(bench, { taskId, sort: '-updatedAt' })).items.map(
      ({ updatedAt }) => updatedAt,
    );
    same(changed, [...changed].sort().reverse(), 'last changed first');
  }),

  check(
    'listSessions refuses what it cannot do',
    'the problem names the member of the query',
    async (bench) => {
      const wrong: readonly (readonly [string, object])[] = [
        ['perPage', { perPage: 0 }],
        ['perPage', { perPage: 201 }],
        ['page', { page: 0 }],
        ['page', { page: 1, cursor: 'x' }],
        ['cursor', { cursor: 'nonsense' }],
        ['sort', { sort: 'prompt' }],
        ['createdAfter', { createdAfter: 'yesterday' }],
        ['label', { label: 'nocolon' }],
        ['statsu', { statsu: 'running' }],
      ];
      for (const [field, query] of wrong) {
        const refused = list(bench, query as Query<SessionQuery>);
        const problem = await rejectsWith('invalid-request', refused, JSON.stringify(query));
        const fields = Object.keys(problem.errors ?? {});
        holds(
          // A bad cursor together with a page may be named first.
          fields.includes(field) || (field === 'page' && fields.includes('cursor')),
          `${JSON.stringify(query)}: expected ${field} to be named, got ${fields.join(', ')}`,
        );
      }
    },
  ),

  check('a cursor belongs to its list', 'a cursor of another list is refused', async (bench) => {
    const drafts = [await bench.manager.createDraft({}), await bench.manager.createDraft({})];
    const { nextCursor } = await bench.manager.listDrafts({ perPage: 1 });
    const cursor = present(nextCursor, 'nextCursor of the drafts');
    await rejectsWith('invalid-request', list(bench, { cursor }), 'sessions by a cursor of drafts');
    for (const { id } of drafts) await bench.manager.deleteDraft(id);
  }),
];
