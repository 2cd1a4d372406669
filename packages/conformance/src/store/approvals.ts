import type { Approval } from '@agent-harbor/api-contract/schemas';
import { type Scope, timestamp, wholeHost } from '@agent-harbor/core';
import { rejectsWith, same } from '../expect.ts';
import {
  addSession,
  hostileTexts,
  type StoreCheck,
  sampleId,
  sampleSession,
  sampleTime,
  walk,
} from './samples.ts';

const sampleApproval = (session: number, id: string, members: Partial<Approval> = {}): Approval => ({
  id,
  sessionId: sampleId(session),
  state: 'requested',
  title: 'Run npm install',
  options: [{ optionId: 'once', name: 'Allow', kind: 'allow_once' }],
  requestedAt: timestamp(sampleTime),
  ...members,
});

const saved = (approval: Approval) => ({ kind: 'approval-saved', approval }) as const;

export const approvalChecks: readonly StoreCheck[] = [
  {
    name: 'a permission request is kept and replaced',
    promises: 'it is found by session and id, and is what was saved last',
    async run({ store }) {
      await addSession(store, 1);
      await addSession(store, 2);
      const open = sampleApproval(1, 'a', { paths: ['src/a.ts'], onExpiry: 'deny' });
      const other = sampleApproval(2, 'a', { title: 'Of another session' });
      await store.commit([saved(open), saved(other)]);
      same(await store.approval(wholeHost, open.sessionId, 'a'), open, 'the request');
      same(await store.approval(wholeHost, other.sessionId, 'a'), other, 'one with the same id elsewhere');
      const settled: Approval = {
        ...open,
        state: 'answered',
        outcome: 'allowed',
        optionId: 'once',
        by: 'somebody',
        settledAt: timestamp(sampleTime + 5),
      };
      await store.commit([saved(settled)]);
      same(await store.approval(wholeHost, open.sessionId, 'a'), settled, 'the settled request');
      same((await store.approvals(wholeHost, {}, { perPage: 9 })).total, 2, 'total');
      for (const [session, id] of [
        [sampleId(1), 'b'],
        [sampleId(3), 'a'],
        ['', ''],
      ] as const) {
        same(await store.approval(wholeHost, session, id), undefined, `${session} ${id}`);
      }
    },
  },
  {
    name: 'a permission request belongs to a session',
    promises: 'one of an unknown session fails its whole commit, as does one that is none',
    async run({ store }) {
      await addSession(store, 1);
      const good = saved(sampleApproval(1, 'a'));
      const homeless = saved(sampleApproval(9, 'b'));
      await rejectsWith('session-not-found', store.commit([good, homeless]), 'a request of nobody');
      const broken = saved({ ...sampleApproval(1, 'b'), requestedAt: 'yesterday' });
      await rejectsWith('internal', store.commit([good, broken]), 'a request that is none');
      same((await store.approvals(wholeHost, {}, { perPage: 9 })).items, [], 'what failed commits left');
    },
  },
  {
    name: 'permission requests are listed the newest first',
    promises: 'by state and session, page by page, those of one moment in the order they came',
    async run({ store }) {
      await addSession(store, 1);
      await addSession(store, 2);
      const all = Array.from({ length: 25 }, (_, index) =>
        sampleApproval((index % 2) + 1, `a${index}`, {
          requestedAt: timestamp(sampleTime + Math.floor(index / 3)),
          state: index % 5 === 0 ? 'requested' : 'expired',
        }),
      );
      await store.commit(all.map(saved));
      const newest = all.toReversed();
      for (const [filter, expected] of [
        [{}, newest],
        [{ state: 'requested' }, newest.filter(({ state }) => state === 'requested')],
        [{ state: 'answered' }, []],
        [{ sessionId: sampleId(2) }, newest.filter(({ sessionId }) => sessionId === sampleId(2))],
        [
          { sessionId: sampleId(1), state: 'expired' },
          newest.filter(({ sessionId, state }) => sessionId === sampleId(1) && state === 'expired'),
        ],
        [{ sessionId: sampleId(9) }, []],
      ] as const) {
        const what = JSON.stringify(filter);
        const page = (request: Parameters<typeof store.approvals>[2]) =>
          store.approvals(wholeHost, filter, request);
        same(await walk(page, 4), expected, `walking ${what}`);
        const { items, total } = await page({ perPage: 5, page: 2 });
        same(items, expected.slice(5, 10), `second page of ${what}`);
        same(total, expected.length, `total of ${what}`);
      }
    },
  },
  {
    name: 'permission requests of another tenant are not there',
    promises: 'they are seen by whoever sees their session, also when that changes hands',
    async run({ store }) {
      const t1: Scope = { tenantId: 't1' };
      const t2: Scope = { tenantId: 't2' };
      await addSession(store, 1, { tenantId: 't1' });
      await addSession(store, 2);
      await store.commit([saved(sampleApproval(1, 'a')), saved(sampleApproval(2, 'b'))]);
      const seen = async (scope: Scope) => [
        (await store.approval(scope, sampleId(1), 'a')) !== undefined,
        (await store.approvals(scope, {}, { perPage: 9 })).items.map(({ id }) => id),
        (await store.approvals(scope, { sessionId: sampleId(1), state: 'requested' }, { perPage: 9 })).total,
      ];
      same(await seen(t1), [true, ['a'], 1], 'for its tenant');
      same(await seen(t2), [false, [], 0], 'for another');
      same(await seen(wholeHost), [true, ['b', 'a'], 1], 'for the host');
      await store.commit([{ kind: 'session-saved', session: sampleSession(1, { tenantId: 't2' }) }]);
      same(await seen(t1), [false, [], 0], 'for its first tenant');
      same(await seen(t2), [true, ['a'], 1], 'for its second');
    },
  },
  {
    name: 'permission requests may hold any text',
    promises: 'ids, titles and notes come back as they were',
    async run({ store }) {
      await addSession(store, 1);
      const all = hostileTexts.map((text, index) =>
        sampleApproval(1, `${index} ${text}`, { title: text, note: text, paths: [text] }),
      );
      await store.commit(all.map(saved));
      for (const approval of all) {
        same(await store.approval(wholeHost, approval.sessionId, approval.id), approval, approval.id);
      }
    },
  },
];
