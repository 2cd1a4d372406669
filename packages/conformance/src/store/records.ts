import type { Project, Repository } from '@agent-harbor/api-contract/schemas';
import { type PageRequest, type Store, timestamp, wholeHost } from '@agent-harbor/core';
import { holds, rejectsWith, same } from '../expect.ts';
import {
  addSession,
  append,
  logEvents,
  type StoreCheck,
  sampleDraft,
  sampleId,
  sampleRepository,
  sampleSession,
  sampleTask,
  sampleTime,
  upTo,
  walk,
} from './samples.ts';

/** Enough drafts to pass row 10,000, in few commits. */
const addDrafts = async (store: Store, from: number, to: number): Promise<void> => {
  for (let start = from; start <= to; start += 1000) {
    const numbers = upTo(Math.min(1000, to - start + 1)).map((number) => start + number - 1);
    await store.commit(numbers.map((number) => ({ kind: 'draft-saved', draft: sampleDraft(number) })));
  }
};

export const recordChecks: readonly StoreCheck[] = [
  {
    name: 'a store has an epoch',
    promises: 'the epoch is short ASCII without a dash',
    async run({ store }) {
      holds(/^[0-9A-Za-z]{1,64}$/.test(store.epoch), `epoch ${store.epoch}`);
    },
  },
  {
    name: 'a task is read as it was written',
    promises: 'every member of a task comes back, with the request it came from',
    async run({ store }) {
      const task = sampleTask(1, {
        tenantId: 't1',
        projectId: 'p1',
        repo: { mode: 'git', url: '/srv/a', branch: 'main', commit: null },
        delivery: { mode: 'branch', targetBranch: 'ah/x' },
        labels: { team: 'web' },
        request: {
          prompt: [
            { type: 'text', text: 'Fix it' },
            { type: 'resource', resource: { uri: 'file:///a', text: 'a' } },
          ],
          repo: { mode: 'git', url: '/srv/a' },
          agents: [{ type: 'acp', count: 2, settings: { command: ['agent', '--flag'] } }],
        },
      });
      await store.commit([{ kind: 'task-created', task }]);
      same(await store.task(wholeHost, task.id), task, 'task');
      same(await store.task(wholeHost, sampleId(2)), undefined, 'unknown task');
    },
  },
  {
    name: 'a session is read as it was written',
    promises: 'every member of a session comes back; an archived one is found by its id',
    async run({ store }) {
      const session = await addSession(store, 1, {
        tenantId: 't1',
        projectId: 'p1',
        status: 'failed',
        statusReason: 'The agent exited with code 3.',
        task: { prompt: 'p', attachments: [{ uri: 'x' }], labels: { a: 'b' } },
        agent: {
          type: 'command',
          version: '1',
          model: 'm',
          displayName: 'd',
          settings: { command: ['a'], deep: { x: [1] } },
        },
        delivered: { state: 'failed', reason: 'r' },
        exitCode: 3,
        startedAt: timestamp(sampleTime),
        endedAt: timestamp(sampleTime),
        archivedAt: timestamp(sampleTime),
        parentSessionId: sampleId(7),
      });
      same(
        await store.session(wholeHost, session.id),
        { record: session, lastSeq: 0, journalOffset: 0 },
        'session',
      );
      same(await store.session(wholeHost, sampleId(2)), undefined, 'unknown session');
    },
  },
  {
    name: 'the sessions of a task come in the order they were created',
    promises: 'sessionsOfTask gives all sessions of one task, archived ones too',
    async run({ store }) {
      const taskId = sampleId(50);
      const createdAt = timestamp(sampleTime);
      for (const number of [3, 1, 2]) await addSession(store, number, { taskId, createdAt });
      await addSession(store, 4);
      await store.commit([
        { kind: 'session-saved', session: sampleSession(1, { taskId, createdAt, archivedAt: createdAt }) },
      ]);
      same(
        (await store.sessionsOfTask(wholeHost, taskId)).map(({ record }) => record.id),
        [sampleId(3), sampleId(1), sampleId(2)],
        'sessions',
      );
      same(await store.sessionsOfTask(wholeHost, 'unknown'), [], 'of an unknown task');
    },
  },
  {
    name: 'live sessions are those that have not ended, oldest first',
    promises: 'liveSessions gives every session that is not terminal, with its place in log and journal',
    async run({ store }) {
      const statuses = [
        'running',
        'completed',
        'queued',
        'failed',
        'stopping',
        'stopped',
        'paused',
        'cancelled',
      ] as const;
      for (const [index, status] of statuses.entries()) {
        await addSession(store, index + 1, { status, createdAt: timestamp(sampleTime - index) });
      }
      await append(store, sampleId(3), logEvents(2));
      same(
        (await store.liveSessions()).map(({ record, lastSeq }) => [record.status, lastSeq]),
        [
          ['paused', 0],
          ['stopping', 0],
          ['queued', 2],
          ['running', 0],
        ],
        'live sessions',
      );
      await store.commit([{ kind: 'session-saved', session: sampleSession(7, { status: 'stopped' }) }]);
      same((await store.liveSessions()).length, 3, 'after one ended');
    },
  },
  {
    name: 'drafts are saved, replaced and deleted',
    promises: 'the last save wins; deleting is done once and may be repeated',
    async run({ store }) {
      const draft = sampleDraft(1, {
        prompt: 'a',
        repo: { mode: 'git', url: 'htt' },
        agents: [{ type: 'mock', count: 2 }],
      });
      await store.commit([{ kind: 'draft-saved', draft }]);
      same(await store.draft(wholeHost, draft.id), draft, 'draft');
      const changed = { ...sampleDraft(1), prompt: 'b', updatedAt: timestamp(sampleTime + 99) };
      await store.commit([{ kind: 'draft-saved', draft: changed }]);
      same(await store.draft(wholeHost, draft.id), changed, 'changed draft');
      same((await store.drafts(wholeHost, { perPage: 10 })).total, 1, 'total');
      await store.commit([{ kind: 'draft-deleted', id: draft.id }]);
      await store.commit([{ kind: 'draft-deleted', id: draft.id }]);
      same(await store.draft(wholeHost, draft.id), undefined, 'deleted draft');
      same((await store.drafts(wholeHost, { perPage: 10 })).items, [], 'drafts');
    },
  },
  {
    name: 'drafts come last changed first',
    promises: 'updatedAt orders drafts, drafts of one millisecond follow in the order of their creation',
    async run({ store }) {
      for (const number of upTo(5)) {
        const updatedAt = timestamp(sampleTime + (number % 2));
        await store.commit([{ kind: 'draft-saved', draft: sampleDraft(number, { updatedAt }) }]);
      }
      const changed = sampleDraft(2, { updatedAt: timestamp(sampleTime + 9) });
      await store.commit([{ kind: 'draft-saved', draft: changed }]);
      const expected = [2, 5, 3, 1, 4].map((number) => sampleDraft(number).id);
      for (const perPage of [1, 2, 200]) {
        const drafts = await walk((request) => store.drafts(wholeHost, request), perPage);
        same(
          drafts.map(({ id }) => id),
          expected,
          `${perPage} per page`,
        );
      }
    },
  },
  {
    name: 'repositories are remembered once, last used first',
    promises: 'using a repository again replaces what is known about it',
    async run({ store }) {
      for (const number of upTo(3)) {
        await store.commit([{ kind: 'repository-used', repository: sampleRepository(number) }]);
      }
      const again = sampleRepository(1, { lastUsedAt: timestamp(sampleTime + 50), defaultBranch: 'main' });
      await store.commit([{ kind: 'repository-used', repository: again }]);
      same(await store.repository(wholeHost, 'repo-1'), again, 'repository');
      same(await store.repository(wholeHost, 'repo-9'), undefined, 'unknown repository');
      const repositories = await walk((request) => store.repositories(wholeHost, {}, request), 2);
      same(
        repositories.map(({ id }) => id),
        ['repo-1', 'repo-3', 'repo-2'],
        'order',
      );
    },
  },
  {
    name: 'repositories are listed by what is asked for',
    promises: 'project, provider and words narrow the list and its total; ASCII letters have no case',
    async run({ store }) {
      const used = (number: number, members: Partial<Repository>, projectId?: string) =>
        store.commit([{ kind: 'repository-used', repository: sampleRepository(number, members), projectId }]);
      await used(1, { displayName: 'acme/Shop', scmProvider: 'github', remoteUrl: 'https://a.test/1' }, 'p1');
      await used(2, { displayName: 'acme/100%', scmProvider: 'local', remoteUrl: '/srv/WEB' }, 'p1');
      await used(2, { displayName: 'acme/100%', scmProvider: 'local', remoteUrl: '/srv/WEB' }, 'p2');
      await used(3, { displayName: 'other', scmProvider: 'local', remoteUrl: '/ÄB' });
      const ask = async (filter: Parameters<typeof store.repositories>[1]) => {
        const { items, total } = await store.repositories(wholeHost, filter, { perPage: 10 });
        same(total, items.length, 'total');
        return items.map(({ id }) => id);
      };
      same(await ask({}), ['repo-3', 'repo-2', 'repo-1'], 'all');
      same(await ask({ projectId: 'p1' }), ['repo-2', 'repo-1'], 'of the first project');
      same(await ask({ projectId: 'p2' }), ['repo-2'], 'of the second project');
      same(await ask({ projectId: 'p' }), [], 'of none');
      same(await ask({ provider: 'local' }), ['repo-3', 'repo-2'], 'local ones');
      same(await ask({ provider: 'local', projectId: 'p1' }), ['repo-2'], 'both');
      same(await ask({ q: 'SHOP' }), ['repo-1'], 'by name');
      same(await ask({ q: 'srv/web' }), ['repo-2'], 'by url');
      same(await ask({ q: '%' }), ['repo-2'], 'no pattern');
      same(await ask({ q: 'äb' }), [], 'other letters have a case');
    },
  },
  {
    name: 'a repository can be forgotten',
    promises: 'it is not found or listed, in no project either, until it is used again',
    async run({ store }) {
      const use = () =>
        store.commit([{ kind: 'repository-used', repository: sampleRepository(1), projectId: 'p' }]);
      await use();
      await store.commit([{ kind: 'repository-used', repository: sampleRepository(2), projectId: 'p' }]);
      await store.commit([{ kind: 'repository-removed', id: 'repo-1' }]);
      await store.commit([{ kind: 'repository-removed', id: 'repo-1' }]);
      same(await store.repository(wholeHost, 'repo-1'), undefined, 'repository');
      const ids = async (projectId?: string) =>
        (await store.repositories(wholeHost, { projectId }, { perPage: 10 })).items.map(({ id }) => id);
      same(await ids(), ['repo-2'], 'list');
      await store.commit([{ kind: 'repository-used', repository: sampleRepository(1) }]);
      same(await ids('p'), ['repo-2'], 'its old project');
      await use();
      same(await ids('p'), ['repo-2', 'repo-1'], 'its project again');
    },
  },
  {
    name: 'projects are remembered once, last used first',
    promises: 'createdAt is the first use, lastUsedAt the last',
    async run({ store }) {
      for (const [at, id] of [
        [1, 'a'],
        [2, 'b'],
        [3, 'a'],
        [3, 'c'],
      ] as const) {
        await store.commit([{ kind: 'project-used', id, at: sampleTime + at }]);
      }
      const projects = await walk((request) => store.projects(wholeHost, request), 2);
      const project = (id: string, first: number, last: number): Project => ({
        id,
        createdAt: timestamp(sampleTime + first),
        lastUsedAt: timestamp(sampleTime + last),
      });
      same(projects, [project('c', 3, 3), project('a', 1, 3), project('b', 2, 2)], 'projects');
    },
  },
  {
    name: 'a page says where it lies',
    promises: 'total, totalPages, nextPage and nextCursor are right on every page and null at the end',
    async run({ store }) {
      await addDrafts(store, 1, 5);
      const ask = async (request: PageRequest) => {
        const { items, nextPage, nextCursor, total, totalIsCapped, pagination } = await store.drafts(
          wholeHost,
          request,
        );
        return [items.length, total, totalIsCapped, nextPage, nextCursor !== null, pagination];
      };
      const pagination = (page: number, perPage: number, totalPages: number) => ({
        page,
        perPage,
        total: 5,
        totalPages,
      });
      same(await ask({ perPage: 2 }), [2, 5, undefined, 2, true, pagination(1, 2, 3)], 'first page');
      same(
        await ask({ perPage: 2, page: 2 }),
        [2, 5, undefined, 3, true, pagination(2, 2, 3)],
        'second page',
      );
      same(
        await ask({ perPage: 2, page: 3 }),
        [1, 5, undefined, null, false, pagination(3, 2, 3)],
        'last page',
      );
      same(
        await ask({ perPage: 2, page: 4 }),
        [0, 5, undefined, null, false, pagination(4, 2, 3)],
        'beyond the end',
      );
      same(await ask({ perPage: 5 }), [5, 5, undefined, null, false, pagination(1, 5, 1)], 'an exact fit');
      same(
        await ask({ perPage: 200 }),
        [5, 5, undefined, null, false, pagination(1, 200, 1)],
        'the largest page',
      );
      const { nextCursor } = await store.drafts(wholeHost, { perPage: 2 });
      const walked = await store.drafts(wholeHost, { perPage: 2, cursor: nextCursor ?? '' });
      same(walked.pagination.page, null, 'page of a walk by cursor');
      same(walked.nextPage, null, 'nextPage of a walk by cursor');
    },
  },
  {
    name: 'an empty list has a page',
    promises: 'a list without rows answers with no items and a total of 0',
    async run({ store }) {
      const page = {
        items: [],
        total: 0,
        nextPage: null,
        nextCursor: null,
        pagination: { page: 1, perPage: 20, total: 0, totalPages: 0 },
      };
      same(await store.drafts(wholeHost, { perPage: 20 }), page, 'drafts');
      same(await store.repositories(wholeHost, {}, { perPage: 20 }), page, 'repositories');
      same(await store.sessions(wholeHost, {}, '-createdAt', { perPage: 20 }), page, 'sessions');
    },
  },
  {
    name: 'pages end at row 10,000 and cursors go on',
    promises: 'row 10,000 is the last that a page number reaches; totals are exact to there; cursors pass it',
    async run({ store }) {
      await addDrafts(store, 1, 10_000);
      const last = await store.drafts(wholeHost, { perPage: 200, page: 50 });
      same(
        [last.total, last.nextPage, last.nextCursor, last.totalIsCapped],
        [10_000, null, null, undefined],
        'at 10,000',
      );
      same(last.items.at(-1)?.id, sampleDraft(1).id, 'row 10,000');

      await addDrafts(store, 10_001, 10_003);
      const full = await store.drafts(wholeHost, { perPage: 200, page: 50 });
      same(
        [full.total, full.totalIsCapped, full.nextPage, full.pagination.totalPages],
        [null, true, null, null],
        'above 10,000',
      );
      const rest = await store.drafts(wholeHost, { perPage: 200, cursor: full.nextCursor ?? '' });
      same(
        rest.items.map(({ id }) => id),
        [3, 2, 1].map((number) => sampleDraft(number).id),
        'beyond row 10,000',
      );
      const problem = await rejectsWith(
        'invalid-request',
        store.drafts(wholeHost, { perPage: 200, page: 51 }),
        'page 51',
      );
      holds(problem.detail.includes('cursor'), 'the problem must name cursor');
    },
  },
];
