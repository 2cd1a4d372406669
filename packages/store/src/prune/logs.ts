import type { SessionStatus } from '@agent-harbor/api-contract/schemas';
import type { LogLimits, Place, SessionLog } from '@agent-harbor/core';
import type { Connection } from '../connection.ts';
import { comparable } from '../tables.ts';

/** So many logs are looked at by one call: about a millisecond. */
const lookedAt = 4000;

const columns = `
  sessions.id AS sessionId, sessions.status, sessions.updated_at AS updatedAt, sessions.ordinal,
  pruned_seq AS pruned, last_seq AS lastSeq, bytes, oldest_at AS oldestAt, journal_offset AS journalOffset`;

const oneLog = `
  SELECT ${columns} FROM sessions JOIN session_logs ON session = ordinal WHERE id = @id`;

const stretchEnd = `
  SELECT max(session) AS last, count(*) AS count
  FROM (SELECT session FROM session_logs WHERE session > @after ORDER BY session LIMIT ${lookedAt})`;

/** The small rows are looked at first: a record is read only where there is something to prune. */
const beyond = `
  SELECT ${columns} FROM session_logs CROSS JOIN sessions ON ordinal = session
  WHERE session > @after AND session <= @last AND last_seq - pruned_seq > 1
    AND (oldest_at < @before OR last_seq - pruned_seq > @events OR bytes > @bytes)
  ORDER BY session`;

const byUpdate = `
  SELECT ${columns} FROM sessions CROSS JOIN session_logs ON session = ordinal
  WHERE (updated_at, ordinal) > (@at, @ordinal) ORDER BY updated_at, ordinal LIMIT @limit`;

export const readLog = (connection: Connection, sessionId: string): SessionLog | undefined => {
  const row = connection.get<LogRow>(oneLog, { id: comparable(sessionId) });
  return row === undefined ? undefined : logOf(row);
};

/** The logs beyond a limit among the next few thousand. */
export const readLogsBeyond = (
  connection: Connection,
  { before, events, bytes }: LogLimits,
  after: number,
): { readonly logs: readonly SessionLog[]; readonly next: number | null } => {
  const end = connection.get<{ last: number | null; count: number }>(stretchEnd, { after });
  if (end === undefined || end.last === null) return { logs: [], next: null };
  const rows = connection.all<LogRow>(beyond, {
    after,
    last: end.last,
    before: before ?? Number.MIN_SAFE_INTEGER,
    events: events ?? Number.MAX_SAFE_INTEGER,
    bytes: bytes ?? Number.MAX_SAFE_INTEGER,
  });
  return { logs: rows.map(logOf), next: end.count < lookedAt ? null : end.last };
};

export const readLogsByUpdate = (
  connection: Connection,
  after: Place | undefined,
  limit: number,
): readonly SessionLog[] =>
  connection
    .all<LogRow>(byUpdate, {
      at: after?.at ?? Number.MIN_SAFE_INTEGER,
      ordinal: after?.ordinal ?? 0,
      limit,
    })
    .map(logOf);

interface LogRow extends Omit<SessionLog, 'updated'> {
  readonly status: SessionStatus;
  readonly updatedAt: number;
  readonly ordinal: number;
}

const logOf = ({ updatedAt, ordinal, ...log }: LogRow): SessionLog => ({
  ...log,
  updated: { at: updatedAt, ordinal },
});
