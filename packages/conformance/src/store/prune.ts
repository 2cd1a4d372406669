import {
  type Change,
  type Place,
  pruneStep,
  type SessionLog,
  type Store,
  wholeHost,
} from '@agent-harbor/core';
import { holds, present, rejectsWith, same } from '../expect.ts';
import {
  addSession,
  append,
  everything,
  logEvent,
  logEvents,
  type StoreCheck,
  sampleTime,
  seqs,
} from './samples.ts';

type Reasons = Omit<Extract<Change, { kind: 'events-pruned' }>, 'kind' | 'sessionId'>;

const prune = (store: Store, sessionId: string, reasons: Reasons) =>
  store.commit([{ kind: 'events-pruned', sessionId, ...reasons }]);

const kept = async (store: Store, sessionId: string): Promise<number[]> =>
  seqs(await store.events({ ...everything, sessionId }));

const bytesOf = (texts: readonly { readonly json: string }[]): number =>
  texts.reduce((sum, { json }) => sum + new TextEncoder().encode(json).length, 0);

export const pruneChecks: readonly StoreCheck[] = [
  {
    name: 'the oldest events are pruned for as long as a reason holds',
    promises:
      'through is a number, before a time, maxBytes what the log may take; without a reason nothing goes',
    async run({ store }) {
      const session = await addSession(store, 1);
      const events = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => logEvent(`€ ${n}`, {}, sampleTime + n));
      const stored = await append(store, session.id, events);
      same(await prune(store, session.id, {}), [], 'what a prune gives');
      same(await kept(store, session.id), [1, 2, 3, 4, 5, 6, 7, 8], 'without a reason');
      await prune(store, session.id, { through: 2 });
      same(await kept(store, session.id), [3, 4, 5, 6, 7, 8], 'by number');
      await prune(store, session.id, { through: 1 });
      same(await kept(store, session.id), [3, 4, 5, 6, 7, 8], 'by a number that is gone');
      await prune(store, session.id, { before: sampleTime + 5 });
      same(await kept(store, session.id), [5, 6, 7, 8], 'by time, exclusive');
      await prune(store, session.id, { maxBytes: bytesOf(stored.slice(5)) });
      same(await kept(store, session.id), [6, 7, 8], 'by size');
      await prune(store, session.id, { through: 6, before: sampleTime + 8 });
      same(await kept(store, session.id), [8], 'by either of two');
    },
  },
  {
    name: 'the newest event of a session stays',
    promises: 'whatever is asked, the last word of a session and the count of its numbers are kept',
    async run({ store }) {
      const session = await addSession(store, 1);
      await append(store, session.id, logEvents(3));
      await prune(store, session.id, { through: 100, before: sampleTime * 2, maxBytes: 0 });
      same(await kept(store, session.id), [3], 'what is left');
      same((await store.session(wholeHost, session.id))?.lastSeq, 3, 'lastSeq');
      same(seqs(await append(store, session.id, logEvents(2))), [4, 5], 'further numbers');
      const [last] = await store.events({ ...everything, order: 'desc', limit: 1 });
      const [next] = await append(store, session.id, logEvents(1));
      holds(
        present(next, 'a new event').position > present(last, 'the last event').position,
        'positions must go on growing',
      );
    },
  },
  {
    name: 'one change prunes a bounded number of events',
    promises: 'a large prune is many small changes, in number and in bytes; each takes at least one event',
    async run({ store }) {
      const many = await addSession(store, 1);
      await append(store, many.id, logEvents(pruneStep.events + 10));
      await prune(store, many.id, { through: 10_000 });
      same((await kept(store, many.id)).length, 10, 'after one step');
      const large = await addSession(store, 2);
      const size = pruneStep.bytes / 5;
      for (let n = 0; n < 8; n++) await append(store, large.id, [logEvent('x'.repeat(size))]);
      await prune(store, large.id, { through: 10_000 });
      same(await kept(store, large.id), [5, 6, 7, 8], 'after one step over large events');
    },
  },
  {
    name: 'pages, counts and bounds go on from what is left',
    promises:
      'reading behaves as if the pruned events had never been asked for; bounds name the highest that is gone',
    async run({ store }) {
      const one = await addSession(store, 1);
      const two = await addSession(store, 2);
      for (const { id } of [one, two, one, two]) await append(store, id, logEvents(2));
      const all = await store.events(everything);
      await prune(store, one.id, { through: 3 });
      const left = all.filter(({ sessionId, seq }) => sessionId === two.id || seq === 4);
      same(await store.events(everything), left, 'all events');
      same(await store.events({ ...everything, order: 'desc' }), left.toReversed(), 'descending');
      same(await kept(store, one.id), [4], 'of the session');
      same(
        seqs(await store.events({ ...everything, sessionId: one.id, after: 1, before: 5 })),
        [4],
        'between',
      );
      same(await store.countEvents({ scope: wholeHost, sessionId: one.id }), 1, 'count of the session');
      same(await store.countEvents({ scope: wholeHost }), 5, 'count');
      same(await store.eventBounds(wholeHost, one.id), { oldest: 4, newest: 4, pruned: 3 }, 'of the session');
      same(await store.eventBounds(wholeHost, two.id), { oldest: 1, newest: 4, pruned: 0 }, 'of the other');
      const gone = all.find(({ sessionId, seq }) => sessionId === one.id && seq === 3);
      same(
        await store.eventBounds(wholeHost),
        { oldest: left[0]?.position, newest: all.at(-1)?.position, pruned: gone?.position },
        'bounds of all',
      );
    },
  },
  {
    name: 'what is pruned is told to whom it belonged',
    promises: 'a tenant whose events are all there sees no prune of others; the whole host sees every one',
    async run({ store }) {
      const mine = await addSession(store, 1, { tenantId: 't1' });
      const theirs = await addSession(store, 2, { tenantId: 't2' });
      for (const { id } of [mine, theirs]) await append(store, id, logEvents(3));
      await prune(store, theirs.id, { through: 2 });
      same((await store.eventBounds({ tenantId: 't1' }))?.pruned, 0, 'of the other tenant');
      const floor = (await store.eventBounds({ tenantId: 't2' }))?.pruned;
      same((await store.eventBounds(wholeHost))?.pruned, floor, 'of the whole host');
      same(await store.eventBounds({ tenantId: 't1' }, theirs.id), null, 'of a foreign session');
      await store.commit([{ kind: 'session-saved', session: { ...theirs, tenantId: 't1' } }]);
      same((await store.eventBounds({ tenantId: 't1' }))?.pruned, floor, 'after the session changed hands');
    },
  },
  {
    name: 'the store knows what its log takes',
    promises:
      'usage and sessionLog say the bytes that are there, after appends, prunes and commits that failed',
    async run({ store }) {
      same(await store.usage(), { bytes: 0 }, 'an empty store');
      const one = await addSession(store, 1);
      const two = await addSession(store, 2);
      const agrees = async (when: string) => {
        const all = await store.events(everything);
        same(await store.usage(), { bytes: bytesOf(all) }, `usage ${when}`);
        for (const { id } of [one, two]) {
          const own = all.filter(({ sessionId }) => sessionId === id);
          const log = present(await store.sessionLog(id), 'log');
          same([log.bytes, log.oldestAt], [bytesOf(own), own[0]?.at ?? 0], `log of a session ${when}`);
        }
      };
      await append(store, one.id, [logEvent('€', {}, 5), logEvent('b', {}, 6)]);
      await append(store, two.id, logEvents(3));
      await agrees('after appends');
      await prune(store, one.id, { through: 1 });
      await agrees('after a prune');
      const failing = store.commit([
        { kind: 'events-appended', sessionId: one.id, events: logEvents(2) },
        { kind: 'events-pruned', sessionId: two.id, through: 2 },
        { kind: 'events-appended', sessionId: 'unknown', events: logEvents(1) },
      ]);
      await rejectsWith('session-not-found', failing, 'a commit that fails');
      await rejectsWith('session-not-found', prune(store, 'unknown', { through: 1 }), 'an unknown session');
      await agrees('after a commit that failed');
      same(
        await store.sessionLog(one.id),
        {
          sessionId: one.id,
          status: 'queued',
          updated: { at: sampleTime + 1, ordinal: (await store.sessionLog(one.id))?.updated.ordinal },
          pruned: 1,
          lastSeq: 2,
          bytes: bytesOf(await store.events({ ...everything, sessionId: one.id })),
          oldestAt: 6,
          journalOffset: 0,
        },
        'the whole log',
      );
      same(await store.sessionLog('unknown'), undefined, 'the log of an unknown session');
    },
  },
  {
    name: 'logs beyond a limit are found',
    promises: 'each of the limits finds the logs above it; one with a single event cannot be pruned',
    async run({ store }) {
      const small = await addSession(store, 1);
      const long = await addSession(store, 2);
      const old = await addSession(store, 3);
      const single = await addSession(store, 4);
      await append(store, small.id, logEvents(2));
      await append(store, long.id, logEvents(9));
      await append(store, old.id, [logEvent('old', {}, sampleTime - 10), logEvent('new')]);
      await append(store, single.id, [logEvent('x'.repeat(10_000), {}, sampleTime - 10)]);
      const find = async (limits: Parameters<Store['logsBeyond']>[0]) => {
        const found: string[] = [];
        for (let after: number | null = 0; after !== null; ) {
          const { logs, next }: { logs: readonly SessionLog[]; next: number | null } = await store.logsBeyond(
            limits,
            after,
          );
          found.push(...logs.map(({ sessionId }) => sessionId));
          after = next;
        }
        return found;
      };
      same(await find({}), [], 'without a limit');
      same(await find({ events: 8 }), [long.id], 'by number');
      same(await find({ before: sampleTime - 9 }), [old.id], 'by age');
      same(await find({ bytes: 500 }), [long.id], 'by size');
      same(await find({ events: 8, before: sampleTime }), [long.id, old.id], 'by either');
    },
  },
  {
    name: 'logs come in the order of the last change of their sessions',
    promises: 'logsByUpdate gives every session once, a page at a time',
    async run({ store }) {
      const at = (second: number) => ({ updatedAt: new Date(sampleTime + second * 1000).toISOString() });
      const first = await addSession(store, 1, at(30));
      const second = await addSession(store, 2, at(10));
      const third = await addSession(store, 3, at(10));
      const found: string[] = [];
      for (let after: Place | undefined; ; ) {
        const [log] = await store.logsByUpdate(after, 1);
        if (log === undefined) break;
        found.push(log.sessionId);
        after = log.updated;
      }
      same(found, [second.id, third.id, first.id], 'order');
      same((await store.logsByUpdate(undefined, 2)).length, 2, 'a page');
    },
  },
];
