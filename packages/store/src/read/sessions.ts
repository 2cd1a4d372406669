import { SessionStatus } from '@agent-harbor/api-contract/schemas';
import {
  isTerminal,
  offsetOf,
  type PageRequest,
  type Place,
  placeOf,
  readSessionFilter,
  type Scope,
  type SessionFilter,
  SessionRecord,
  type Store,
  type StoredSession,
} from '@agent-harbor/core';
import { sql } from 'kysely';
import { readRecord } from '../integrity/record.ts';
import { build, slot } from '../tables.ts';
import { type CountRows, matchingSessions, type Sessions, withStatus } from './session-filter.ts';

type SessionSort = Parameters<Store['sessions']>[2];

/** A session as its queries give it. */
export interface SessionRow {
  readonly id: string;
  readonly record: string;
  readonly checksum: number;
  readonly tenant: string | null;
  readonly last_seq: number;
  readonly journal_offset: number;
}

export const readSession = (row: SessionRow): StoredSession => ({
  record: readRecord(SessionRecord, row, `Session ${row.id}`),
  lastSeq: row.last_seq,
  journalOffset: row.journal_offset,
});

// Subqueries, because SQLite takes three times as long for a join that finds one row.
const logColumn = (column: 'last_seq' | 'journal_offset') =>
  sql<number>`(SELECT ${sql.ref(column)} FROM session_logs WHERE session = sessions.ordinal)`.as(column);
const columns = [
  'sessions.id',
  'sessions.record',
  'sessions.checksum',
  'sessions.tenant',
  logColumn('last_seq'),
  logColumn('journal_offset'),
] as const;

const withLog = build.selectFrom('sessions').select(columns);

export const sessionById = withLog.where('sessions.id', '=', slot<string>('id')).compile().sql;

export const sessionsOfTask = withLog
  .where('sessions.task', '=', slot<string>('task'))
  .orderBy('sessions.ordinal')
  .compile().sql;

const ended = SessionStatus.options.filter(isTerminal).map((status) => sql.lit(status));

/** Says its condition exactly as the index does, else SQLite would not use it. */
export const liveSessions = withLog
  .where(sql<boolean>`status NOT IN (${sql.join(ended)})`)
  .orderBy('sessions.created_at')
  .orderBy('sessions.ordinal')
  .compile().sql;

/** The queries of a page of sessions: one row more than it holds, and all rows its total counts. */
export const sessionPage = (
  scope: Scope,
  filter: SessionFilter,
  sort: SessionSort,
  request: PageRequest,
  countRows: CountRows,
) => {
  const list = `sessions ${sort}`;
  const column = sort.endsWith('createdAt') ? 'created_at' : 'updated_at';
  const direction = sort.startsWith('-') ? 'desc' : 'asc';
  const start = placeOf(list, request);
  const offset = offsetOf(request);
  const sorted = (query: Sessions): Sessions => {
    const ordered = query.orderBy(`sessions.${column}`, direction).orderBy('sessions.ordinal', direction);
    return start === undefined ? ordered : ordered.where(beyond(column, direction, start));
  };

  const criteria = readSessionFilter(filter);
  const matching = matchingSessions(scope, criteria, column, countRows);
  const { statuses } = criteria;
  const counted = statuses === undefined ? matching : withStatus(matching, statuses);
  let rows = sorted(counted);
  if (statuses !== undefined && statuses.length > 1) {
    // An index gives one status in order; several are merged, so that not all of their sessions must be sorted.
    const first = (status: SessionStatus) =>
      sql`SELECT * FROM (${sorted(withStatus(matching, [status]))
        .select('sessions.ordinal')
        .limit(offset + request.perPage + 1)})`;
    const merged = sql.join(statuses.map(first), sql` UNION ALL `);
    rows = sorted(build.selectFrom('sessions')).where(sql<boolean>`sessions.ordinal IN (${merged})`);
  }
  const page = rows
    .select(['sessions.ordinal', `sessions.${column} as at`, ...columns])
    .limit(request.perPage + 1)
    .offset(offset);
  return { list, page: page.compile(), counted: counted.select('sessions.ordinal') };
};

const beyond = (column: 'created_at' | 'updated_at', direction: 'asc' | 'desc', { at, ordinal }: Place) => {
  const key = sql`(${sql.ref(`sessions.${column}`)}, ${sql.ref('sessions.ordinal')})`;
  return direction === 'asc'
    ? sql<boolean>`${key} > (${at}, ${ordinal})`
    : sql<boolean>`${key} < (${at}, ${ordinal})`;
};
