import { SessionStatus } from '@agent-harbor/api-contract/schemas';
import {
  isTerminal,
  offsetOf,
  type PageRequest,
  type Place,
  placeOf,
  readJson,
  readSessionFilter,
  type Scope,
  type SessionCriteria,
  type SessionFilter,
  SessionRecord,
  type StoredSession,
} from '@agent-harbor/core';
import { type SelectQueryBuilder, sql } from 'kysely';
import { build, comparable, slot, type Tables } from '../tables.ts';

/** A session as its queries give it. */
export interface SessionRow {
  readonly record: string;
  readonly tenant: string | null;
  readonly last_seq: number;
  readonly journal_offset: number;
}

export const readSession = (row: SessionRow): StoredSession => ({
  record: readJson(SessionRecord, row.record, 'A session'),
  lastSeq: row.last_seq,
  journalOffset: row.journal_offset,
});

const withLog = build
  .selectFrom('sessions')
  .innerJoin('session_logs', 'session_logs.session', 'sessions.ordinal')
  .select(['sessions.record', 'sessions.tenant', 'session_logs.last_seq', 'session_logs.journal_offset']);

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

/** One row more than the page holds, and the count of all up to `counted`. */
export const sessionPage = (
  scope: Scope,
  filter: SessionFilter,
  sort: 'createdAt' | '-createdAt' | 'updatedAt' | '-updatedAt',
  request: PageRequest,
) => {
  const list = `sessions ${sort}`;
  const column = sort.endsWith('createdAt') ? 'sessions.created_at' : 'sessions.updated_at';
  const direction = sort.startsWith('-') ? 'desc' : 'asc';
  const start = placeOf(list, request);
  const offset = offsetOf(request);
  const matching = matchingSessions(scope, readSessionFilter(filter));

  let page = matching
    .innerJoin('session_logs', 'session_logs.session', 'sessions.ordinal')
    .select(['sessions.ordinal', `${column} as at`, 'sessions.record', 'sessions.tenant'])
    .select(['session_logs.last_seq', 'session_logs.journal_offset'])
    .orderBy(column, direction)
    .orderBy('sessions.ordinal', direction)
    .limit(request.perPage + 1)
    .offset(offset);
  if (start !== undefined) page = page.where(beyond(column, direction, start));
  return { list, page: page.compile(), counted: matching.select('sessions.ordinal') };
};

const beyond = (column: string, direction: 'asc' | 'desc', { at, ordinal }: Place) => {
  const key = sql`(${sql.ref(column)}, ${sql.ref('sessions.ordinal')})`;
  return direction === 'asc'
    ? sql<boolean>`${key} > (${at}, ${ordinal})`
    : sql<boolean>`${key} < (${at}, ${ordinal})`;
};

const matchingSessions = (
  scope: Scope,
  criteria: SessionCriteria,
): SelectQueryBuilder<Tables, 'sessions', unknown> => {
  let query = build.selectFrom('sessions');
  // A literal, so that SQLite may use the indexes that hold no archived sessions.
  if (!criteria.withArchived) query = query.where('sessions.archived', '=', sql.lit(0));
  for (const tenant of [scope.tenantId, criteria.tenantId]) {
    if (tenant != null) query = query.where('sessions.tenant', '=', comparable(tenant));
  }
  if (criteria.statuses !== undefined) query = query.where('sessions.status', 'in', [...criteria.statuses]);
  if (criteria.agent !== undefined) query = query.where('sessions.agent', '=', criteria.agent);
  if (criteria.projectId !== undefined) {
    query = query.where('sessions.project', '=', comparable(criteria.projectId));
  }
  if (criteria.repo !== undefined) query = query.where('sessions.repo', '=', comparable(criteria.repo));
  if (criteria.taskId !== undefined) query = query.where('sessions.task', '=', comparable(criteria.taskId));
  if (criteria.createdAfter !== undefined)
    query = query.where('sessions.created_at', '>', criteria.createdAfter);
  if (criteria.createdBefore !== undefined)
    query = query.where('sessions.created_at', '<', criteria.createdBefore);
  for (const [name, value] of criteria.labels) {
    query = query.where('sessions.ordinal', 'in', (labels) =>
      labels
        .selectFrom('session_labels')
        .select('session_labels.session')
        .where('session_labels.name', '=', comparable(name))
        .where('session_labels.value', '=', comparable(value)),
    );
  }
  if (criteria.words === null) query = query.where(sql<boolean>`false`);
  else if (criteria.words !== undefined) {
    const { words, prefix } = criteria.words;
    // Words hold letters, marks and digits only, so nothing needs escaping between the quotes.
    const match = [...words.map((word) => `"${word}"`), `"${prefix}"*`].join(' AND ');
    query = query.where('sessions.ordinal', 'in', (found) =>
      found.selectFrom('session_words').select('rowid').where(sql<boolean>`session_words MATCH ${match}`),
    );
  }
  return query;
};
