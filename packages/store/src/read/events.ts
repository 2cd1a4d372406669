import { setImmediate } from 'node:timers/promises';
import { countedRows } from '@agent-harbor/api-contract/schemas';
import { type EventSelection, levelsFrom, type StoredEvent } from '@agent-harbor/core';
import type { Connection } from '../connection.ts';
import { build, comparable, slot } from '../tables.ts';

/** Which part of the log is read: one session, or all. Numbers are seq or position. */
export interface LogRange {
  /** The session's ordinal and id; undefined reads all sessions by position. */
  readonly session: { readonly ordinal: number; readonly id: string } | undefined;
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

/** One page of events, in slices between which the event loop runs. */
export const readEvents = async (
  connection: Connection,
  range: LogRange,
  selection: Filter & Pick<EventSelection, 'order' | 'limit' | 'maxBytes'>,
): Promise<StoredEvent[]> => {
  const { order, limit, maxBytes } = selection;
  const ascending = order === 'asc';
  let { first, last } = bounded(range, selection);
  const page: StoredEvent[] = [];
  let bytes = 0;
  let looked = 0;
  for (let rows = firstRows; first <= last && page.length < limit; ) {
    if (looked >= sliceNumbers) {
      await setImmediate();
      looked = 0;
    }
    const from = ascending ? first : Math.max(first, last - sliceNumbers + 1);
    const to = ascending ? Math.min(last, first + sliceNumbers - 1) : last;
    const asked = Math.min(rows, limit - page.length);
    const slice = readSlice(connection, range, selection, { from, to, limit: asked, order });
    for (const event of slice) {
      bytes += Buffer.byteLength(event.json);
      if (page.length > 0 && bytes > maxBytes) return page;
      page.push(event);
    }
    const end = slice.length < asked ? undefined : slice.at(-1);
    const next = ascending ? (end === undefined ? to : numberOf(range, end)) + 1 : first;
    const previous = ascending ? last : (end === undefined ? from : numberOf(range, end)) - 1;
    looked += next - first + last - previous;
    first = next;
    last = previous;
    // As many rows as the bytes that are left hold, judged by the rows so far.
    const rest = (maxBytes - bytes) / (1 + bytes / Math.max(1, page.length));
    rows = Math.ceil(Math.min(sliceRows, Math.max(firstRows, rest)));
  }
  return page;
};

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

const numberOf = ({ session }: LogRange, { seq, position }: StoredEvent): number =>
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

const readSlice = (connection: Connection, range: LogRange, filter: Filter, slice: Slice): StoredEvent[] => {
  const { from, to, limit, order } = slice;
  const { session } = range;
  if (session !== undefined && isPlain(filter)) {
    const rows = connection.all<Omit<StoredEvent, 'sessionId'>>(plainSlices[order], {
      session: session.ordinal,
      from,
      to,
      limit,
    });
    return rows.map((row) => ({ sessionId: session.id, ...row }));
  }
  const query = slicedLog(range, filter, from, to)
    .select(columns)
    .select('sessions.id as sessionId')
    .orderBy(session === undefined ? 'events.position' : 'events.seq', order)
    .limit(limit);
  return connection.query(query.compile());
};

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
