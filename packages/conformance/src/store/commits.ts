import { type Change, wholeHost } from '@agent-harbor/core';
import { holds, present, rejectsWith, same } from '../expect.ts';
import {
  addSession,
  append,
  everything,
  logEvent,
  logEvents,
  type StoreCheck,
  sampleDraft,
  sampleId,
  sampleReply,
  sampleRepository,
  sampleSession,
  sampleTask,
  seqs,
  upTo,
} from './samples.ts';

export const commitChecks: readonly StoreCheck[] = [
  {
    name: 'a commit gives the events it appended in log order',
    promises: 'commit resolves with every event it appended, over all its changes, as the log holds them',
    async run({ store }) {
      const one = await addSession(store, 1);
      const two = await addSession(store, 2);
      const events = await store.commit([
        { kind: 'events-appended', sessionId: two.id, events: logEvents(2) },
        { kind: 'events-appended', sessionId: one.id, events: logEvents(1) },
        { kind: 'events-appended', sessionId: two.id, events: logEvents(1) },
      ]);
      same(
        events.map(({ sessionId, seq }) => [sessionId, seq]),
        [
          [two.id, 1],
          [two.id, 2],
          [one.id, 1],
          [two.id, 3],
        ],
        'events of the commit',
      );
      same(await store.events(everything), events, 'events of the log');
    },
  },
  {
    name: 'an empty commit changes nothing',
    promises: 'commit of no changes resolves with no events',
    async run({ store }) {
      same(await store.commit([]), [], 'events');
    },
  },
  {
    name: 'a failing commit leaves no new record behind',
    promises: 'when the last change of a commit fails, nothing before it happened',
    async run({ store }) {
      await store.commit([{ kind: 'reply-stored', reply: sampleReply() }]);
      const session = sampleSession(1);
      await rejectsWith(
        'idempotency-in-progress',
        store.commit([
          { kind: 'task-created', task: sampleTask(1) },
          { kind: 'session-created', session },
          { kind: 'events-appended', sessionId: session.id, events: logEvents(3) },
          { kind: 'draft-saved', draft: sampleDraft(1) },
          { kind: 'repository-used', repository: sampleRepository(1) },
          { kind: 'reply-stored', reply: sampleReply({ key: 'other' }) },
          { kind: 'reply-stored', reply: sampleReply() },
        ]),
        'a commit with a taken key',
      );
      same(await store.task(wholeHost, session.taskId), undefined, 'task');
      same(await store.session(wholeHost, session.id), undefined, 'session');
      same(await store.liveSessions(), [], 'live sessions');
      same(
        (await store.sessions(wholeHost, { q: 'login' }, '-createdAt', { perPage: 10 })).total,
        0,
        'found by q',
      );
      same(await store.events(everything), [], 'events');
      same(await store.draft(wholeHost, sampleDraft(1).id), undefined, 'draft');
      same(await store.repository(wholeHost, 'repo-1'), undefined, 'repository');
      const { scope, storedAt } = sampleReply();
      same(await store.reply(scope, 'other', storedAt), undefined, 'reply');
    },
  },
  {
    name: 'a failing commit leaves old records as they were',
    promises:
      'saves, deletions, offsets and dedupe keys of a failing commit are taken back, and seq leaves no gap',
    async run({ store }) {
      const before = await addSession(store, 1, { labels: { team: 'a' }, prompt: 'First words' });
      await append(store, before.id, logEvents(2));
      await store.commit([{ kind: 'draft-saved', draft: sampleDraft(1) }]);
      const appended: Change = {
        kind: 'events-appended',
        sessionId: before.id,
        events: logEvents(2),
        journalOffset: 10,
        dedupeKey: 'once',
      };
      await rejectsWith(
        'session-not-found',
        store.commit([
          {
            kind: 'session-saved',
            session: { ...before, status: 'failed', labels: { team: 'b' }, prompt: 'Second words' },
          },
          appended,
          { kind: 'draft-deleted', id: sampleDraft(1).id },
          { kind: 'events-appended', sessionId: sampleId(99), events: logEvents(1) },
        ]),
        'a commit to an unknown session',
      );
      same(
        await store.session(wholeHost, before.id),
        { record: before, lastSeq: 2, journalOffset: 0 },
        'the session',
      );
      const found = (filter: object) => store.sessions(wholeHost, filter, '-createdAt', { perPage: 10 });
      same(
        (await found({ label: 'team:a', q: 'first', status: ['queued'] })).total,
        1,
        'found by what it was',
      );
      same((await found({ label: 'team:b' })).total, 0, 'found by the label that was taken back');
      same((await found({ q: 'second' })).total, 0, 'found by the prompt that was taken back');
      same(await store.draft(wholeHost, sampleDraft(1).id), sampleDraft(1), 'the draft');
      same(seqs(await store.commit([appended])), [3, 4], 'the same events again');
    },
  },
  {
    name: 'a failing commit does not fail its neighbours',
    promises: 'commits made in one tick succeed and fail each by itself',
    async run({ store }) {
      const session = await addSession(store, 1);
      const wrong = { kind: 'events-appended', sessionId: sampleId(9), events: logEvents(1) } as const;
      const results = await Promise.allSettled([
        append(store, session.id, [logEvent('a')]),
        store.commit([wrong]),
        append(store, session.id, [logEvent('b')]),
        store.commit([{ kind: 'draft-saved', draft: sampleDraft(1) }, wrong]),
        append(store, session.id, [logEvent('c')]),
      ]);
      same(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
        'results',
      );
      same(seqs(await store.events(everything)), [1, 2, 3], 'sequence numbers');
      same(await store.draft(wholeHost, sampleDraft(1).id), undefined, 'the draft of a failed commit');
    },
  },
  {
    name: 'commits apply in the order they were made',
    promises: 'without waiting in between, the last save wins and later changes see earlier ones',
    async run({ store }) {
      const session = sampleSession(1);
      const settled: number[] = [];
      await Promise.all(
        [
          [{ kind: 'task-created', task: sampleTask(1) } as const],
          [{ kind: 'session-created', session } as const],
          [{ kind: 'session-saved', session: { ...session, status: 'provisioning' } } as const],
          [{ kind: 'session-saved', session: { ...session, status: 'running' } } as const],
        ].map((changes, index) => store.commit(changes).then(() => settled.push(index))),
      );
      same(settled, [0, 1, 2, 3], 'order in which the commits resolved');
      same((await store.session(wholeHost, session.id))?.record.status, 'running', 'status');
    },
  },
  {
    name: 'one hundred concurrent commits',
    promises: 'concurrent commits to several sessions lose nothing, double nothing and keep every order',
    async run({ store }) {
      const sessions = await Promise.all(upTo(5).map((number) => addSession(store, number)));
      const results = await Promise.all(
        upTo(100).map((number) => {
          const session = present(sessions[number % 5], 'session');
          return append(store, session.id, [logEvent(`${number} a`), logEvent(`${number} b`)]);
        }),
      );
      const log = await store.events(everything);
      same(log, results.flat(), 'the log against what the commits gave');
      for (const { id } of sessions) {
        same(seqs(await store.events({ ...everything, sessionId: id })), upTo(40), `sequence of ${id}`);
        same((await store.session(wholeHost, id))?.lastSeq, 40, `last sequence of ${id}`);
      }
      const positions = log.map(({ position }) => position);
      holds(
        positions.every((position, index) => index === 0 || position > (positions[index - 1] ?? 0)),
        'positions must grow',
      );
    },
  },
  {
    name: 'a read sees every commit that resolved before it',
    promises: 'after commit resolved, every query shows it',
    async run({ store }) {
      const session = await addSession(store, 1);
      for (const number of upTo(20)) {
        await append(store, session.id, [logEvent(`${number}`)]);
        same((await store.session(wholeHost, session.id))?.lastSeq, number, 'last sequence');
        same((await store.events({ ...everything, sessionId: session.id })).length, number, 'events');
      }
    },
  },
  {
    name: 'unknown sessions cannot be saved or appended to',
    promises: 'a change to a session that does not exist is session-not-found',
    async run({ store }) {
      await rejectsWith(
        'session-not-found',
        store.commit([{ kind: 'session-saved', session: sampleSession(1) }]),
        'saving an unknown session',
      );
      await rejectsWith(
        'session-not-found',
        append(store, sampleId(1), logEvents(1)),
        'appending to an unknown session',
      );
      await rejectsWith(
        'task-not-found',
        store.commit([{ kind: 'session-created', session: sampleSession(1) }]),
        'creating a session of an unknown task',
      );
    },
  },
  {
    name: 'an id is created once',
    promises: 'creating a task or session again fails and leaves the first one',
    async run({ store }) {
      const session = await addSession(store, 1, { status: 'running' });
      await rejectsWith(
        'internal',
        store.commit([{ kind: 'session-created', session: sampleSession(1) }]),
        'the second session',
      );
      await rejectsWith(
        'internal',
        store.commit([{ kind: 'task-created', task: sampleTask(1, { prompt: 'other' }) }]),
        'the second task',
      );
      same((await store.session(wholeHost, session.id))?.record, session, 'the session');
      same((await store.task(wholeHost, session.taskId))?.prompt, sampleTask(1).prompt, 'the task');
    },
  },
  {
    name: 'a record that could not be read back is refused',
    promises: 'what does not match the schema of a record fails the commit instead of every later read',
    async run({ store }) {
      const session = await addSession(store, 1);
      await rejectsWith(
        'internal',
        store.commit([{ kind: 'session-saved', session: { ...session, updatedAt: 'yesterday' } }]),
        'a bad time',
      );
      await rejectsWith(
        'internal',
        append(store, session.id, [logEvent('fine'), logEvent('never', {}, Number.NaN)]),
        'an event at no time',
      );
      same(
        await store.session(wholeHost, session.id),
        { record: session, lastSeq: 0, journalOffset: 0 },
        'session',
      );
    },
  },
  {
    name: 'records are copied on their way in and out',
    promises: 'changing an object after it was written or read changes nothing in the store',
    async run({ store }) {
      const written = sampleSession(1, { labels: { team: 'a' } });
      await store.commit([
        { kind: 'task-created', task: sampleTask(1) },
        { kind: 'session-created', session: written },
      ]);
      written.labels.team = 'changed';
      const read = present(await store.session(wholeHost, written.id), 'session');
      same(read.record.labels, { team: 'a' }, 'labels after the written object changed');
      read.record.labels.team = 'changed';
      same(
        (await store.session(wholeHost, written.id))?.record.labels,
        { team: 'a' },
        'labels after the read object changed',
      );
    },
  },
];
