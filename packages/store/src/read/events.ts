import { setImmediate } from 'node:timers/promises';
import { countedRows } from '@agent-harbor/api-contract/schemas';
import { type EventSelection, levelsFrom, type Problem, type StoredEvent } from '@agent-harbor/core';
import { sql } from 'kysely';
import type { Connection } from '../connection.ts';
import { isDamage } from '../failure.ts';
import { type Chain, chainAfter, type LogPlace } from '../integrity/chain.ts';
import type { DamageLog } from '../integrity/damage-log.ts';
import { damaged } from '../integrity/record.ts';
import { chainBefore, soundRows } from '../integrity/verify.ts';
import { build, comparable, slot } from '../tables.ts';

/** Which part of the log is read: one session, or all. Numbers are seq or position. */
export interface LogRange {
  /** The session and where its log stands; undefined reads all sessions by position. */
  readonly session: { readonly ordinal: number; readonly id: string; readonly place: LogPlace } | undefined;
  readonly tenantId: string | null;
  readonly oldest: number;
  readonly newest: number;
}

type Filter = Omit<EventSelection, 'scope' | 'sessionId' | 'limit' | 'maxBytes' | 'order'>;

/** So many numbers of the log are looked at before others get their turn on the event loop. */
const sliceNumbers = 2000;
const sliceRows = 1000;
/** Few rows at first: each may be as large as an event can be. */
const firstRows = 64;

/**
 * One page of events, in slices between which the event loop runs. A page of one session ends before the first event
 * that is not as it was written; when that would be its first it is `data-damaged`. Among the events of all sessions
 * a damaged one is told to the log and left out, so that one session does not end the stream of all.
 */
export const readEvents = async (
  connection: Connection,
  range: LogRange,
  selection: Filter & Pick<EventSelection, 'order' | 'limit' | 'maxBytes'>,
  damage: DamageLog,
): Promise<StoredEvent[]> => {
  const { order, limit, maxBytes } = selection;
  const ascending = order === 'asc';
  let { first, last } = bounded(range, selection);
  const page: StoredEvent[] = [];
  let bytes = 0;
  let looked = 0;
  let span = sliceNumbers;
  for (let rows = firstRows; first <= last && page.length < limit; ) {
    if (looked >= sliceNumbers) {
      await setImmediate();
      looked = 0;
    }
    const from = ascending ? first : Math.max(first, last - span + 1);
    const to = ascending ? Math.min(last, first + span - 1) : last;
    const asked = Math.min(rows, limit - page.length);
    const slice = readSlice(connection, range, selection, { from, to, limit: asked, order });
    if (slice === 'unreadable' && from < to) {
      // What lies in front of the page of the file that cannot be read still can.
      span = Math.ceil((to - from + 1) / 8);
      continue;
    }
    span = Math.min(sliceNumbers, span * 2);
    const { events, reached, damaged } =
      slice === 'unreadable' ? { events: [], reached: undefined, damaged: [from] } : slice;
    for (const event of events) {
      bytes += Buffer.byteLength(event.json);
      if (page.length > 0 && bytes > maxBytes) return page;
      page.push(event);
    }
    for (const number of damaged) {
      const problem = damagedEvent(range, number);
      if (range.session === undefined) damage.tell(problem);
      else if (page.length > 0) return page;
      else throw problem;
    }
    const next = ascending ? (reached ?? to) + 1 : first;
    const previous = ascending ? last : (reached ?? from) - 1;
    looked += next - first + last - previous;
    first = next;
    last = previous;
    // As many rows as the bytes that are left hold, judged by the rows so far.
    const rest = (maxBytes - bytes) / (1 + bytes / Math.max(1, page.length));
    rows = Math.ceil(Math.min(sliceRows, Math.max(firstRows, rest)));
  }
  return page;
};

const damagedEvent = ({ session }: LogRange, number: number): Problem =>
  damaged(
    session === undefined ? `The event at position ${number}` : `Event ${number} of session ${session.id}`,
  );

/** How many events match, up to one more than lists count. */
export const countEvents = async (
  connection: Connection,
  range: LogRange,
  filter: Filter,
): Promise<number> => {
  const { first, last } = bounded(range, filter);
  let count = 0;
  for (let from = first; from <= last && count <= countedRows; from += sliceNumbers) {
    const to = Math.min(last, from + sliceNumbers - 1);
    const query = slicedLog(range, filter, from, to).select(({ fn }) => fn.countAll<number>().as('count'));
    const [row] = connection.query(query.compile());
    count += row?.count ?? 0;
    if (to < last) await setImmediate();
  }
  return Math.min(count, countedRows + 1);
};

const bounded = (range: LogRange, { after = 0, before = Number.MAX_SAFE_INTEGER }: Filter) => ({
  first: Math.max(range.oldest, Math.floor(after) + 1),
  last: Math.min(range.newest, Math.ceil(before) - 1),
});

const numberOf = ({ session }: LogRange, { seq, position }: Omit<StoredEvent, 'sessionId'>): number =>
  session === undefined ? position : seq;

interface Slice {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
}

const columns = [
  'events.seq',
  'events.position',
  'events.type',
  'events.level',
  'events.at',
  'events.chain',
  'events.json',
] as const;

const plainSlice = build
  .selectFrom('events')
  .select(columns)
  .where('session', '=', slot<number>('session'))
  .where('seq', '>=', slot<number>('from'))
  .where('seq', '<=', slot<number>('to'))
  .limit(slot<number>('limit'));

/** The hot path: a session's log without a filter. */
const plainSlices = {
  asc: plainSlice.orderBy('seq', 'asc').compile().sql,
  desc: plainSlice.orderBy('seq', 'desc').compile().sql,
};

/** What was found between two numbers. */
interface Found {
  readonly events: readonly StoredEvent[];
  /** The last number looked at when the limit was reached; undefined when all were. */
  readonly reached: number | undefined;
  /** Numbers of events that are not as they were written. */
  readonly damaged: readonly number[];
}

const readSlice = (
  connection: Connection,
  range: LogRange,
  filter: Filter,
  slice: Slice,
): Found | 'unreadable' => {
  try {
    const { session } = range;
    return session !== undefined && isPlain(filter)
      ? readRun(connection, session, slice)
      : readMatches(connection, range, filter, slice);
  } catch (failure) {
    if (isDamage(failure)) return 'unreadable';
    throw failure;
  }
};

type Row = Omit<StoredEvent, 'sessionId'> & { readonly chain: Chain };

/** Events of a session without a gap: they are checked together. */
const readRun = (
  connection: Connection,
  session: NonNullable<LogRange['session']>,
  { from, to, limit, order }: Slice,
): Found => {
  const rows = connection.all<Row>(plainSlices[order], { session: session.ordinal, from, to, limit });
  const start = order === 'asc' ? from : to;
  const sound = soundRows({
    rows,
    order,
    start,
    before: (seq) => chainBefore(connection, session, seq),
    place: session.place,
  });
  const due = Math.min(limit, to - from + 1);
  const sessionId = session.id;
  const readable = sound === rows.length ? rows : rows.slice(0, sound);
  // Member by member: to spread the rest of a row takes longer than to read it.
  const events = readable.map(({ seq, position, type, level, at, json }) => ({
    sessionId,
    seq,
    position,
    type,
    level,
    at,
    json,
  }));
  const end = order === 'asc' ? start + due - 1 : start - due + 1;
  const next = order === 'asc' ? start + sound : start - sound;
  return { events, reached: end, damaged: sound < due ? [next] : [] };
};

/** Events between which others lie: each is checked against the chain of the one in front of it. */
const readMatches = (
  connection: Connection,
  range: LogRange,
  filter: Filter,
  { from, to, limit, order }: Slice,
): Found => {
  const query = slicedLog(range, filter, from, to)
    .select(columns)
    .select('sessions.id as sessionId')
    .select(chainInFront.as('before'))
    .orderBy(range.session === undefined ? 'events.position' : 'events.seq', order)
    .limit(limit);
  const rows = connection.query(query.compile());
  const isSound = ({ json, before, chain }: (typeof rows)[number]) =>
    before !== null && chainAfter(json, before) === chain;
  const last = rows.length < limit ? undefined : rows.at(-1);
  const unsound = rows.findIndex((row) => !isSound(row));
  const readable = range.session === undefined || unsound === -1 ? rows : rows.slice(0, unsound);
  return {
    events: readable.filter(isSound).map(({ before: _before, chain: _chain, ...event }) => event),
    reached: last === undefined ? undefined : numberOf(range, last),
    damaged: rows.filter((row) => !isSound(row)).map((row) => numberOf(range, row)),
  };
};

const chainInFront = sql<Chain | null>`coalesce(
  (SELECT earlier.chain FROM events AS earlier
    WHERE earlier.session = events.session AND earlier.seq = events.seq - 1),
  (SELECT pruned_chain FROM session_logs WHERE session = events.session AND pruned_seq = events.seq - 1)
)`;

const isPlain = ({ types, level, since, until, toolExecutionId }: Filter): boolean =>
  (types ?? level ?? since ?? until ?? toolExecutionId) === undefined;

/** The events between two numbers that match. CROSS JOIN keeps the log in front: its order is that of the answer. */
const slicedLog = ({ session, tenantId }: LogRange, filter: Filter, from: number, to: number) => {
  const { types, level, since, until, toolExecutionId } = filter;
  let query = build
    .selectFrom('events')
    .crossJoin('sessions')
    .whereRef('sessions.ordinal', '=', 'events.session');
  query =
    session === undefined
      ? query.where('events.position', '>=', from).where('events.position', '<=', to)
      : query
          .where('events.session', '=', session.ordinal)
          .where('events.seq', '>=', from)
          .where('events.seq', '<=', to);
  if (tenantId !== null) query = query.where('sessions.tenant', '=', comparable(tenantId));
  if (types !== undefined) query = query.where('events.type', 'in', [...types]);
  if (level !== undefined) query = query.where('events.level', 'in', [...levelsFrom(level)]);
  if (since !== undefined) query = query.where('events.at', '>=', since);
  if (until !== undefined) query = query.where('events.at', '<=', until);
  if (toolExecutionId !== undefined) {
    query = query
      .where('events.type', '=', 'log')
      .where('events.tool_execution_id', '=', comparable(toolExecutionId));
  }
  return query;
};
