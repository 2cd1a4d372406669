import type { SessionStatus } from '@agent-harbor/api-contract/schemas';
import type { Scope, SessionCriteria, WordQuery } from '@agent-harbor/core';
import {
  type CompiledQuery,
  type Expression,
  type RawBuilder,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from 'kysely';
import { build, comparable, type Tables } from '../tables.ts';

export type Sessions = SelectQueryBuilder<Tables, 'sessions', unknown>;

/** Above this many rows a filter is common: it is cheaper to walk in the order asked for and to check each session. */
const commonRows = 1000;

/** One filter in two forms that mean the same. SQLite cannot know which is better; a look at the data can. */
interface Condition {
  /** Finds the sessions from the filter's side: an index, or a set that is made first. */
  readonly find: Expression<SqlBool>;
  /** Checks a session that was found otherwise; hidden from the planner as a way to find it. */
  readonly check: Expression<SqlBool>;
  /** Rows it finds; not asked when there is no index to count them with. */
  readonly rows: RawBuilder<unknown> | undefined;
  /** Whether finding gives the sessions in the order of their creation. */
  readonly ordered: boolean;
}

/** How many rows a query gives, asked up to a bound. */
export type CountRows = (query: CompiledQuery<{ readonly count: number }>) => number;

/** The sessions in scope that meet the criteria, found the cheap way for the sort. */
export const matchingSessions = (
  scope: Scope,
  criteria: SessionCriteria,
  sort: 'created_at' | 'updated_at',
  countRows: CountRows,
): Sessions => {
  const conditions = conditionsOf(criteria);
  const leading = conditions.find(({ rows }) => rows !== undefined && isRare(rows, countRows));
  let query = plainMatches(scope, criteria);
  for (const condition of conditions) {
    const finds = leading === undefined ? condition.ordered && sort === 'created_at' : condition === leading;
    query = query.where(finds ? condition.find : condition.check);
  }
  return query;
};

/** The same for one status of several. */
export const withStatus = (query: Sessions, statuses: readonly SessionStatus[]): Sessions =>
  query.where('sessions.status', 'in', [...statuses]);

/** What indexes answer in the order of either sort. */
const plainMatches = (scope: Scope, criteria: SessionCriteria): Sessions => {
  let query: Sessions = build.selectFrom('sessions');
  // A literal, so that SQLite may use the indexes that hold no archived sessions.
  if (!criteria.withArchived) query = query.where('sessions.archived', '=', sql.lit(0));
  for (const tenant of [scope.tenantId, criteria.tenantId]) {
    if (tenant != null) query = query.where('sessions.tenant', '=', comparable(tenant));
  }
  if (criteria.createdAfter !== undefined)
    query = query.where('sessions.created_at', '>', criteria.createdAfter);
  if (criteria.createdBefore !== undefined)
    query = query.where('sessions.created_at', '<', criteria.createdBefore);
  const { workspaces } = criteria;
  if (workspaces !== undefined) {
    // A literal for the one that has an index. A set that may hold others is only checked.
    const [only] = workspaces;
    query =
      workspaces.length === 1 && only === 'ready'
        ? query.where('sessions.workspace', '=', sql.lit(only))
        : query.where('sessions.workspace', 'in', [...workspaces]);
  }
  return criteria.words === null ? query.where(sql<boolean>`false`) : query;
};

const conditionsOf = (criteria: SessionCriteria): Condition[] => {
  const shown = !criteria.withArchived;
  const { agent, projectId, repo, taskId, labels, words } = criteria;
  return [
    ...(taskId === undefined ? [] : [column('task', comparable(taskId), false, true)]),
    ...(agent === undefined ? [] : [column('agent', agent, shown, shown)]),
    ...(projectId === undefined ? [] : [column('project', comparable(projectId), shown, shown)]),
    ...(repo === undefined ? [] : [column('repo', comparable(repo), shown, shown)]),
    ...labels.map(([name, value]) => label(comparable(name), comparable(value))),
    ...(words == null ? [] : [search(words)]),
  ];
};

const column = (
  name: 'task' | 'agent' | 'project' | 'repo',
  value: string,
  ordered: boolean,
  indexed: boolean,
): Condition => {
  const ref = sql.ref(`sessions.${name}`);
  const archived = name === 'task' ? sql`` : sql` AND archived = 0`;
  return {
    find: sql<boolean>`${ref} = ${value}`,
    check: sql<boolean>`+${ref} = ${value}`,
    rows: indexed ? sql`SELECT 1 FROM sessions WHERE ${ref} = ${value}${archived}` : undefined,
    ordered,
  };
};

const label = (name: string, value: string): Condition => {
  const rows = sql`SELECT session FROM session_labels WHERE name = ${name} AND value = ${value}`;
  return {
    find: sql<boolean>`sessions.ordinal IN (${rows})`,
    check: sql<boolean>`EXISTS (${rows} AND session = sessions.ordinal)`,
    rows,
    ordered: false,
  };
};

const search = ({ words, prefix }: WordQuery): Condition => {
  // Words hold letters, marks and digits only, so nothing needs escaping between the quotes.
  const match = [...words.map((word) => `"${word}"`), `"${prefix}"*`].join(' AND ');
  const rows = sql`SELECT rowid FROM session_words WHERE session_words MATCH ${match}`;
  return {
    find: sql<boolean>`sessions.ordinal IN (${rows})`,
    check: sql<boolean>`EXISTS (${rows} AND rowid = sessions.ordinal)`,
    rows,
    ordered: false,
  };
};

const isRare = (rows: RawBuilder<unknown>, countRows: CountRows): boolean => {
  const counted = sql<{
    count: number;
  }>`SELECT count(*) AS count FROM (${rows} LIMIT ${sql.lit(commonRows + 1)})`;
  return countRows(counted.compile(build)) <= commonRows;
};
