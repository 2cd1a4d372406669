import { SessionEvent } from '@agent-harbor/api-contract/schemas';
import {
  type EventSelection,
  encodeEvent,
  eventBytes,
  type NewEvent,
  type Scope,
  timestamp,
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
  sampleId,
  sampleTime,
  seqs,
  upTo,
} from './samples.ts';

export const appendChecks: readonly StoreCheck[] = [
  {
    name: 'sequence numbers have no gaps',
    promises: 'each session counts 1, 2, 3 … over all its commits, also beside other sessions',
    async run({ store }) {
      const one = await addSession(store, 1);
      const two = await addSession(store, 2);
      for (const size of [1, 3, 0, 2]) {
        await append(store, one.id, logEvents(size));
        await append(store, two.id, logEvents(1));
      }
      same(seqs(await store.events({ ...everything, sessionId: one.id })), upTo(6), 'sequence of the first');
      same(seqs(await store.events({ ...everything, sessionId: two.id })), upTo(4), 'sequence of the second');
      same((await store.session(wholeHost, one.id))?.lastSeq, 6, 'lastSeq');
    },
  },
  {
    name: 'an event is stored in its wire form',
    promises: 'json is what encodeEvent writes, and its columns say the same',
    async run({ store }) {
      const session = await addSession(store, 1);
      const event: NewEvent = {
        at: sampleTime + 5,
        body: { type: 'status', status: 'failed', reason: 'The agent exited with code 3.', exitCode: 3 },
      };
      const [stored] = await append(store, session.id, [event]);
      same(
        stored,
        {
          sessionId: session.id,
          seq: 1,
          position: stored?.position,
          type: 'status',
          level: 'error',
          at: sampleTime + 5,
          json: encodeEvent(session.id, 1, event),
        },
        'stored event',
      );
      same(
        SessionEvent.parse(JSON.parse(present(stored, 'event').json)),
        { ...event.body, seq: 1, ts: timestamp(sampleTime + 5), sessionId: session.id },
        'event as readers see it',
      );
    },
  },
  {
    name: 'an event that is too large is stored cut',
    promises: 'no stored event is above the bound, and it is still an event',
    async run({ store }) {
      const session = await addSession(store, 1);
      const [stored] = await append(store, session.id, [logEvent('€'.repeat(eventBytes))]);
      const { json } = present(stored, 'event');
      holds(new TextEncoder().encode(json).length <= eventBytes, 'the event must be within the bound');
      holds(SessionEvent.safeParse(JSON.parse(json)).success, 'the event must match the contract');
    },
  },
  {
    name: 'a journal offset that is not beyond the stored one is skipped',
    promises: 'a batch that was stored before is left out as a whole, and the rest of its commit happens',
    async run({ store }) {
      const session = await addSession(store, 1);
      const batch = (journalOffset: number, message: string) =>
        ({
          kind: 'events-appended',
          sessionId: session.id,
          events: [logEvent(message)],
          journalOffset,
        }) as const;
      same(seqs(await store.commit([batch(10, 'a')])), [1], 'first batch');
      same(await store.commit([batch(10, 'a')]), [], 'the same batch');
      same(await store.commit([batch(4, 'older')]), [], 'an older batch');
      const events = await store.commit([
        batch(10, 'a'),
        { kind: 'session-saved', session: { ...session, status: 'running' } },
        batch(11, 'b'),
        batch(11, 'b'),
      ]);
      same(seqs(events), [2], 'a commit with old and new batches');
      same(
        await store.session(wholeHost, session.id),
        { record: { ...session, status: 'running' }, lastSeq: 2, journalOffset: 11 },
        'session',
      );
    },
  },
  {
    name: 'a batch without events moves the journal offset',
    promises: 'what was read from a journal and gave no event is not read again',
    async run({ store }) {
      const session = await addSession(store, 1);
      same(
        await store.commit([
          { kind: 'events-appended', sessionId: session.id, events: [], journalOffset: 7 },
        ]),
        [],
        'events',
      );
      same(
        await store.session(wholeHost, session.id),
        { record: session, lastSeq: 0, journalOffset: 7 },
        'session',
      );
    },
  },
  {
    name: 'saving a session leaves its log and journal offset',
    promises: 'session-saved replaces the record only',
    async run({ store }) {
      const session = await addSession(store, 1);
      await store.commit([
        { kind: 'events-appended', sessionId: session.id, events: logEvents(2), journalOffset: 5 },
        { kind: 'session-saved', session: { ...session, statusReason: 'idle' } },
      ]);
      same(
        await store.session(wholeHost, session.id),
        { record: { ...session, statusReason: 'idle' }, lastSeq: 2, journalOffset: 5 },
        'session',
      );
    },
  },
  {
    name: 'a dedupe key works once in a session',
    promises:
      'events with a used key are skipped, in the same commit and later; another session has its own keys',
    async run({ store }) {
      const one = await addSession(store, 1);
      const two = await addSession(store, 2);
      const keyed = (sessionId: string, dedupeKey: string) =>
        ({ kind: 'events-appended', sessionId, events: logEvents(2), dedupeKey }) as const;
      same(seqs(await store.commit([keyed(one.id, 'queued'), keyed(one.id, 'queued')])), [1, 2], 'first use');
      same(await store.commit([keyed(one.id, 'queued')]), [], 'second use');
      same(seqs(await store.commit([keyed(one.id, 'running')])), [3, 4], 'another key');
      same(seqs(await store.commit([keyed(two.id, 'queued')])), [1, 2], 'another session');
    },
  },
  {
    name: 'a skipped batch uses up neither key nor offset',
    promises: 'a batch that is skipped for its offset leaves its key free, and the other way round',
    async run({ store }) {
      const session = await addSession(store, 1);
      const batch = (journalOffset: number, dedupeKey: string) =>
        ({
          kind: 'events-appended',
          sessionId: session.id,
          events: logEvents(1),
          journalOffset,
          dedupeKey,
        }) as const;
      await store.commit([batch(5, 'a')]);
      same(await store.commit([batch(5, 'b')]), [], 'skipped for its offset');
      same(await store.commit([batch(9, 'a')]), [], 'skipped for its key');
      same(seqs(await store.commit([batch(6, 'b')])), [2], 'offset 6 and key b are both new');
    },
  },
];

/** A log with every kind of thing filters ask for: sequence numbers 1 to 6. */
const variedLog: readonly NewEvent[] = [
  { at: sampleTime + 10, body: { type: 'status', status: 'running' } },
  logEvent('quiet', { level: 'debug', tool_execution_id: 'x1' }, sampleTime + 20),
  logEvent('loud', { level: 'error', tool_execution_id: 'x2' }, sampleTime + 30),
  { at: sampleTime + 40, body: { type: 'thought', thought: 'hm' } },
  {
    at: sampleTime + 50,
    body: {
      type: 'tool_result',
      tool_name: 'sh',
      tool_output: '',
      tool_execution_id: 'x1',
      status: 'failed',
    },
  },
  { at: sampleTime + 60, body: { type: 'status', status: 'stopped' } },
];

const selections: readonly [string, Partial<EventSelection>, readonly number[]][] = [
  ['everything', {}, [1, 2, 3, 4, 5, 6]],
  ['after, exclusive', { after: 2 }, [3, 4, 5, 6]],
  ['before, exclusive', { before: 3 }, [1, 2]],
  ['after and before', { after: 2, before: 5 }, [3, 4]],
  ['after the end', { after: 6 }, []],
  ['before the start', { before: 1 }, []],
  ['one type', { types: ['status'] }, [1, 6]],
  ['two types', { types: ['log', 'thought'] }, [2, 3, 4]],
  ['no type', { types: [] }, []],
  ['level debug', { level: 'debug' }, [1, 2, 3, 4, 5, 6]],
  ['level info', { level: 'info' }, [1, 3, 4, 5, 6]],
  ['level warn', { level: 'warn' }, [3, 5, 6]],
  ['level error', { level: 'error' }, [3, 5]],
  ['since, inclusive', { since: sampleTime + 40 }, [4, 5, 6]],
  ['until, inclusive', { until: sampleTime + 20 }, [1, 2]],
  ['since and until', { since: sampleTime + 20, until: sampleTime + 30 }, [2, 3]],
  ['log events of a tool execution', { toolExecutionId: 'x1' }, [2]],
  ['log events of an unknown tool execution', { toolExecutionId: 'x9' }, []],
  ['everything at once', { types: ['log'], level: 'warn', since: sampleTime, after: 1, before: 6 }, [3]],
];

export const selectionChecks: readonly StoreCheck[] = [
  ...selections.map(
    ([what, selection, expected]): StoreCheck => ({
      name: `events: ${what}`,
      promises: 'each member of a selection narrows it; page and count agree; descending is the reverse',
      async run({ store }) {
        const session = await addSession(store, 1);
        const other = await addSession(store, 2);
        await append(store, session.id, variedLog);
        await append(store, other.id, variedLog);
        const asked = { ...everything, sessionId: session.id, ...selection };
        same(seqs(await store.events(asked)), expected, 'ascending');
        same(seqs(await store.events({ ...asked, order: 'desc' })), expected.toReversed(), 'descending');
        same(await store.countEvents(asked), expected.length, 'count');
      },
    }),
  ),
  {
    name: 'events of all sessions come in the order of positions',
    promises: 'without a session, after and before are positions, and positions grow over all sessions',
    async run({ store }) {
      const one = await addSession(store, 1);
      const two = await addSession(store, 2);
      for (const { id } of [one, two, two, one]) await append(store, id, logEvents(2));
      const all = await store.events(everything);
      same(
        all.map(({ sessionId, seq }) => `${sessionId === one.id ? 'one' : 'two'} ${seq}`),
        ['one 1', 'one 2', 'two 1', 'two 2', 'two 3', 'two 4', 'one 3', 'one 4'],
        'order',
      );
      const third = present(all[2], 'third event').position;
      const sixth = present(all[5], 'sixth event').position;
      same(
        await store.events({ ...everything, after: third, before: sixth }),
        all.slice(3, 5),
        'between positions',
      );
      same(
        await store.events({ ...everything, order: 'desc', limit: 3 }),
        all.toReversed().slice(0, 3),
        'newest first',
      );
      same(await store.countEvents({ scope: wholeHost, after: third }), 5, 'count after a position');
    },
  },
  {
    name: 'a page of events ends at its limit',
    promises: 'limit bounds the rows, from the beginning of the asked order',
    async run({ store }) {
      const session = await addSession(store, 1);
      await append(store, session.id, logEvents(10));
      const asked = { ...everything, sessionId: session.id, limit: 4 };
      same(seqs(await store.events(asked)), [1, 2, 3, 4], 'ascending');
      same(seqs(await store.events({ ...asked, order: 'desc' })), [10, 9, 8, 7], 'descending');
      same(seqs(await store.events({ ...asked, after: 8 })), [9, 10], 'the last page');
    },
  },
  {
    name: 'a page of events ends before it exceeds its bytes',
    promises: 'maxBytes counts the UTF-8 of the JSON; one event is always given',
    async run({ store }) {
      const session = await addSession(store, 1);
      const stored = await append(store, session.id, [
        logEvent('a'),
        logEvent('€€'),
        logEvent('c'),
        logEvent('d'),
      ]);
      const sizes = stored.map(({ json }) => new TextEncoder().encode(json).length);
      const [first = 0, second = 0, third = 0] = sizes;
      const page = async (maxBytes: number) =>
        seqs(await store.events({ ...everything, sessionId: session.id, maxBytes }));
      same(await page(0), [1], 'no room');
      same(await page(first + second - 1), [1], 'a byte too few for two');
      same(await page(first + second), [1, 2], 'room for two');
      same(await page(first + second + third), [1, 2, 3], 'room for three');
    },
  },
  {
    name: 'a log can be read as text',
    promises:
      'lines are the JSON of the events after a number, within the bytes but at least one, and never across a gap',
    async run({ store }) {
      const session = await addSession(store, 1);
      const stored = [
        ...(await append(store, session.id, logEvents(70))),
        ...(await append(
          store,
          session.id,
          ['€\u2028', '\r\n', 'x'.repeat(9_000)].map((text) => logEvent(text)),
        )),
        ...(await append(store, session.id, logEvents(20))),
      ];
      const size = (json: string) => new TextEncoder().encode(json).length;
      for (const maxBytes of [0, 1000, 10_000, 1_000_000]) {
        const read: string[] = [];
        while (read.length < stored.length) {
          const lines = present(
            await store.eventLines(wholeHost, session.id, read.length, maxBytes),
            'lines',
          );
          same(lines.first, read.length + 1, 'the first number');
          const texts = lines.text.split('\n');
          same(texts.length, lines.count, 'how many lines there are');
          const bytes = texts.reduce((sum, text) => sum + size(text), 0);
          holds(texts.length === 1 || bytes <= maxBytes, 'a page must be within its bytes');
          read.push(...texts);
        }
        same(
          read,
          stored.map(({ json }) => json),
          `pages of ${maxBytes}`,
        );
      }
      const none = async (after: number, scope: Scope = wholeHost, id = session.id) =>
        same(await store.eventLines(scope, id, after, 1000), undefined, `lines after ${after}`);
      await none(stored.length);
      await none(stored.length + 1);
      await none(0, { tenantId: 'other' });
      await none(0, wholeHost, sampleId(9));
      await store.commit([{ kind: 'events-pruned', sessionId: session.id, through: 5 }]);
      await none(4);
      same((await store.eventLines(wholeHost, session.id, 5, 0))?.first, 6, 'behind what was pruned');
    },
  },
  {
    name: 'rare events are found in a long log',
    promises:
      'a filter finds its events however many others lie between, in both orders, in a session and over all',
    async run({ store }) {
      const session = await addSession(store, 1);
      const thought: NewEvent = { at: sampleTime, body: { type: 'thought', thought: 'rare' } };
      await append(store, session.id, [thought, ...logEvents(2999), thought, ...logEvents(2999), thought]);
      for (const sessionId of [session.id, undefined]) {
        const asked = { ...everything, sessionId, types: ['thought'] as const };
        same(seqs(await store.events(asked)), [1, 3001, 6001], 'ascending');
        same(seqs(await store.events({ ...asked, order: 'desc', limit: 2 })), [6001, 3001], 'descending');
        same(await store.countEvents(asked), 3, 'count');
        same(seqs(await store.events({ ...everything, sessionId, after: 10 })).length, 5991, 'a long page');
      }
    },
  },
  {
    name: 'events are counted up to 10,001',
    promises: 'countEvents is exact up to 10,000 and says 10,001 for more',
    async run({ store }) {
      const session = await addSession(store, 1);
      await append(store, session.id, logEvents(10_000));
      same(await store.countEvents({ scope: wholeHost, sessionId: session.id }), 10_000, 'ten thousand');
      await append(store, session.id, logEvents(50));
      for (const sessionId of [session.id, undefined]) {
        same(await store.countEvents({ scope: wholeHost, sessionId }), 10_001, 'more than that');
        same(await store.countEvents({ scope: wholeHost, sessionId, types: ['log'] }), 10_001, 'filtered');
        same(await store.countEvents({ scope: wholeHost, sessionId, after: 10_000 }), 50, 'only the last');
      }
    },
  },
  {
    name: 'the bounds of the log are its first and last numbers',
    promises: 'eventBounds gives seq with a session, positions without, null when there is no event',
    async run({ store }) {
      same(await store.eventBounds(wholeHost), null, 'an empty store');
      const one = await addSession(store, 1);
      const two = await addSession(store, 2);
      same(await store.eventBounds(wholeHost, one.id), null, 'an empty session');
      same(await store.eventBounds(wholeHost, 'unknown'), null, 'an unknown session');
      await append(store, two.id, logEvents(2));
      await append(store, one.id, logEvents(3));
      same(await store.eventBounds(wholeHost, one.id), { oldest: 1, newest: 3, pruned: 0 }, 'one session');
      const all = await store.events(everything);
      same(
        await store.eventBounds(wholeHost),
        { oldest: all[0]?.position, newest: all.at(-1)?.position, pruned: 0 },
        'all sessions',
      );
    },
  },
  {
    name: 'an unknown session has no events',
    promises: 'reading the log of a session that does not exist gives nothing, and no error',
    async run({ store }) {
      same(await store.events({ ...everything, sessionId: 'unknown' }), [], 'events');
      same(await store.countEvents({ scope: wholeHost, sessionId: 'unknown' }), 0, 'count');
    },
  },
  {
    name: 'a closed store says so',
    promises: 'after close every call rejects with not-ready, and readiness gives a reason',
    async run({ store }) {
      await addSession(store, 1);
      await store.close();
      await rejectsWith('not-ready', store.commit([]), 'commit');
      await rejectsWith('not-ready', store.session(wholeHost, 'x'), 'session');
      await rejectsWith('not-ready', store.events(everything), 'events');
      holds((await store.readiness()).length > 0, 'readiness must give a reason');
      await store.close();
    },
  },
];
