import { SessionStatus } from '@agent-harbor/api-contract/schemas';
import {
  isTerminal,
  type Place,
  readSessionFilter,
  type Scope,
  type SessionFilter,
  SessionRecord,
  type Store,
  type StoredSession,
} from '@agent-harbor/core';
import { type CompiledQuery, sql } from 'kysely';
import { readRecord, readRecordText } from '../integrity/record.ts';
import { build, slot } from '../tables.ts';
import { countOf } from './lists.ts';
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

/** What of a session is sent on unread. */
export interface TextRow {
  readonly id: string;
  readonly record: string;
  readonly checksum: number;
  readonly tenant: string | null;
}
const textColumns = ['sessions.id', 'sessions.record', 'sessions.checksum', 'sessions.tenant'] as const;

/** The text of a record; throws `data-damaged` when it is not the one that was written. */
export const readText = (row: Omit<TextRow, 'tenant'>): string => readRecordText(row, `Session ${row.id}`);

export const textById = build
  .selectFrom('sessions')
  .select(textColumns)
  .where('sessions.id', '=', slot<string>('id'))
  .compile().sql;

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

/** What a list gives of each session: all of it, or no more than is sent on. */
const given = {
  rows: columns,
  // Whose it is was asked in the query already.
  texts: ['sessions.id', 'sessions.record', 'sessions.checksum'] as const,
};

/** The queries of a list of sessions, for any page of it: one row more than a page holds, and what its total counts. */
export interface SessionPlan {
  readonly list: string;
  /** Asks for the slots `limit` and `offset`, `reach` (both together), and the place to go on after as `at` and `ordinal`. */
  readonly page: CompiledQuery<SessionRow & Place>;
  readonly counted: CompiledQuery<{ readonly total: number }>;
}

/** Builds the queries; `goesOn` when the page begins after a place. */
export const planSessions = (
  give: keyof typeof given,
  scope: Scope,
  filter: SessionFilter,
  sort: SessionSort,
  goesOn: boolean,
  countRows: CountRows,
): SessionPlan => {
  const column = sort.endsWith('createdAt') ? 'created_at' : 'updated_at';
  const direction = sort.startsWith('-') ? 'desc' : 'asc';
  const sorted = (query: Sessions): Sessions => {
    const ordered = query.orderBy(`sessions.${column}`, direction).orderBy('sessions.ordinal', direction);
    return goesOn ? ordered.where(beyond(column, direction)) : ordered;
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
        .limit(slot<number>('reach'))})`;
    const merged = sql.join(statuses.map(first), sql` UNION ALL `);
    rows = sorted(build.selectFrom('sessions')).where(sql<boolean>`sessions.ordinal IN (${merged})`);
  }
  const page = rows
    .select(['sessions.ordinal', `sessions.${column} as at`, ...given[give]])
    .limit(slot<number>('limit'))
    .offset(slot<number>('offset'));
  return {
    list: listOf(sort),
    // A list of texts has fewer columns; who asks for one reads no others.
    page: page.$castTo<SessionRow & Place>().compile(),
    counted: countOf(counted.select('sessions.ordinal')),
  };
};

/** By which name cursors know the list. */
export const listOf = (sort: SessionSort): string => `sessions ${sort}`;

const beyond = (column: 'created_at' | 'updated_at', direction: 'asc' | 'desc') => {
  const key = sql`(${sql.ref(`sessions.${column}`)}, ${sql.ref('sessions.ordinal')})`;
  const place = sql`(${slot('at')}, ${slot('ordinal')})`;
  return direction === 'asc' ? sql<boolean>`${key} > ${place}` : sql<boolean>`${key} < ${place}`;
};
