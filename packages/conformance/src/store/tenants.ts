import { type Scope, wholeHost } from '@agent-harbor/core';
import { same } from '../expect.ts';
import {
  addSession,
  append,
  everything,
  logEvents,
  type StoreCheck,
  sampleDraft,
  sampleId,
  sampleRepository,
} from './samples.ts';

const t1: Scope = { tenantId: 't1' };
const t2: Scope = { tenantId: 't2' };

export const tenantChecks: readonly StoreCheck[] = [
  {
    name: 'sessions and tasks of another tenant are not there',
    promises: 'a foreign id answers like an unknown one, and lists hold only what is in scope',
    async run({ store }) {
      await addSession(store, 1, { tenantId: 't1' });
      await addSession(store, 2, { tenantId: 't2' });
      await addSession(store, 3);
      for (const [scope, own, total] of [
        [t1, [true, false, false], 1],
        [t2, [false, true, false], 1],
        [{ tenantId: 't' }, [false, false, false], 0],
        [wholeHost, [true, true, true], 3],
      ] as const) {
        for (const [index, visible] of own.entries()) {
          const id = sampleId(index + 1);
          same(
            (await store.session(scope, id)) !== undefined,
            visible,
            `session ${index + 1} for ${scope.tenantId}`,
          );
          same(
            (await store.task(scope, id)) !== undefined,
            visible,
            `task ${index + 1} for ${scope.tenantId}`,
          );
          same((await store.sessionsOfTask(scope, id)).length, visible ? 1 : 0, `of task ${index + 1}`);
        }
        same((await store.sessions(scope, {}, '-createdAt', { perPage: 10 })).total, total, 'sessions');
        same(
          (await store.sessions(scope, { q: 'login' }, 'updatedAt', { perPage: 10 })).total,
          total,
          'by q',
        );
      }
      same(
        (await store.sessions(t1, { tenantId: 't2' }, '-createdAt', { perPage: 10 })).items,
        [],
        'a foreign filter',
      );
      same(
        (await store.sessions(t1, { taskId: sampleId(2) }, '-createdAt', { perPage: 10 })).items,
        [],
        'a foreign task',
      );
    },
  },
  {
    name: 'events of another tenant are not there',
    promises: 'events, counts and bounds hold only what is in scope',
    async run({ store }) {
      const one = await addSession(store, 1, { tenantId: 't1' });
      const two = await addSession(store, 2, { tenantId: 't2' });
      await append(store, two.id, logEvents(2));
      await append(store, one.id, logEvents(3));
      await append(store, two.id, logEvents(1));
      const all = await store.events(everything);
      const own = all.filter(({ sessionId }) => sessionId === one.id);
      same(await store.events({ ...everything, scope: t1 }), own, 'events of the tenant');
      same(
        await store.events({ ...everything, scope: t1, sessionId: two.id }),
        [],
        'events of a foreign session',
      );
      same(await store.countEvents({ scope: t1 }), 3, 'count of the tenant');
      same(await store.countEvents({ scope: t1, sessionId: two.id }), 0, 'count of a foreign session');
      same(
        await store.eventBounds(t1),
        { oldest: own[0]?.position, newest: own[2]?.position, pruned: 0 },
        'bounds of the tenant',
      );
      same(await store.eventBounds(t1, two.id), null, 'bounds of a foreign session');
      same(await store.eventBounds({ tenantId: 't9' }), null, 'bounds of a tenant without events');
    },
  },
  {
    name: 'drafts of another tenant are not there',
    promises: 'drafts are read and listed within their tenant',
    async run({ store }) {
      await store.commit([
        { kind: 'draft-saved', draft: sampleDraft(1, { tenantId: 't1' }) },
        { kind: 'draft-saved', draft: sampleDraft(2, { tenantId: 't2' }) },
        { kind: 'draft-saved', draft: sampleDraft(3) },
      ]);
      same((await store.draft(t1, sampleDraft(1).id))?.tenantId, 't1', 'own draft');
      same(await store.draft(t1, sampleDraft(2).id), undefined, 'foreign draft');
      same(await store.draft(t1, sampleDraft(3).id), undefined, 'draft without a tenant');
      same((await store.drafts(t1, { perPage: 10 })).total, 1, 'drafts of the tenant');
      same((await store.drafts(wholeHost, { perPage: 10 })).total, 3, 'all drafts');
    },
  },
  {
    name: 'repositories are known to the tenants that used them',
    promises: 'each tenant has its own record of a repository; the host sees each once, as last used',
    async run({ store }) {
      await store.commit([
        {
          kind: 'repository-used',
          repository: sampleRepository(1, { displayName: 'by t1' }),
          tenantId: 't1',
        },
        {
          kind: 'repository-used',
          repository: sampleRepository(1, { displayName: 'by t2' }),
          tenantId: 't2',
        },
        { kind: 'repository-used', repository: sampleRepository(2) },
      ]);
      same((await store.repository(t1, 'repo-1'))?.displayName, 'by t1', 'for the first tenant');
      same((await store.repository(t2, 'repo-1'))?.displayName, 'by t2', 'for the second tenant');
      same((await store.repository(wholeHost, 'repo-1'))?.displayName, 'by t2', 'for the host');
      same(await store.repository(t1, 'repo-2'), undefined, 'one nobody of the tenant used');
      same(
        (await store.repositories(t1, {}, { perPage: 10 })).items.map(({ id }) => id),
        ['repo-1'],
        'list of the tenant',
      );
      same(
        (await store.repositories(wholeHost, {}, { perPage: 10 })).items.map(({ id }) => id),
        ['repo-2', 'repo-1'],
        'all',
      );
    },
  },
  {
    name: 'projects belong to their tenant',
    promises: 'two tenants have one of the same name each; the host sees both',
    async run({ store }) {
      for (const tenantId of ['t1', 't2', undefined]) {
        await store.commit([{ kind: 'project-used', id: 'p', tenantId, at: 7 }]);
      }
      const owners = async (scope: Scope) =>
        (await store.projects(scope, { perPage: 10 })).items.map(({ tenantId }) => tenantId ?? '');
      same(await owners(t1), ['t1'], 'of the tenant');
      same((await owners(wholeHost)).sort(), ['', 't1', 't2'], 'of the host');
    },
  },
  {
    name: 'a tenant forgets a repository for itself',
    promises: 'others keep it; the host forgets it with the last tenant',
    async run({ store }) {
      const repository = sampleRepository(1);
      for (const tenantId of ['t1', 't2']) {
        await store.commit([{ kind: 'repository-used', repository, tenantId, projectId: 'p' }]);
      }
      const known = async () =>
        Promise.all(
          [t1, t2, wholeHost].map(
            async (scope) => (await store.repository(scope, repository.id)) !== undefined,
          ),
        );
      await store.commit([{ kind: 'repository-removed', id: repository.id, tenantId: 't1' }]);
      same(await known(), [false, true, true], 'after the first');
      same(
        (await store.repositories(t2, { projectId: 'p' }, { perPage: 10 })).items.length,
        1,
        'in the project of the second',
      );
      await store.commit([{ kind: 'repository-removed', id: repository.id, tenantId: 't2' }]);
      same(await known(), [false, false, false], 'after the second');
    },
  },
];
