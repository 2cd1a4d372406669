import type { Scope } from '@agent-harbor/core';
import type { Connection } from '../connection.ts';
import { comparable } from '../tables.ts';
import type { LogRange } from './events.ts';

const rangeOfSession = `
  SELECT ordinal, tenant,
    (SELECT seq FROM events WHERE session = sessions.ordinal ORDER BY seq LIMIT 1) AS oldest,
    (SELECT last_seq FROM session_logs WHERE session = sessions.ordinal) AS newest
  FROM sessions WHERE id = @id`;

const oldestOfAll = 'SELECT position AS oldest FROM events ORDER BY position LIMIT 1';

/** Positions grow within a session, so its first and last event bound it. */
const rangeOfTenant = `
  SELECT
    min((SELECT position FROM events WHERE session = sessions.ordinal ORDER BY seq LIMIT 1)) AS oldest,
    max((SELECT position FROM events WHERE session = sessions.ordinal ORDER BY seq DESC LIMIT 1)) AS newest
  FROM sessions WHERE tenant = @tenant`;

/** The part of the log a caller may see; undefined when there is none. `lastPosition` is the newest of all. */
export const findRange = (
  connection: Connection,
  scope: Scope,
  sessionId: string | undefined,
  lastPosition: number,
): LogRange | undefined => {
  const tenant = scope.tenantId === null ? null : comparable(scope.tenantId);
  if (sessionId !== undefined) {
    const row = connection.get<SessionRange>(rangeOfSession, { id: comparable(sessionId) });
    if (row === undefined || row.oldest === null || (tenant !== null && row.tenant !== tenant))
      return undefined;
    return {
      session: { ordinal: row.ordinal, id: sessionId },
      tenantId: null,
      oldest: row.oldest,
      newest: row.newest,
    };
  }
  const row =
    tenant === null
      ? { newest: lastPosition, ...connection.get<{ oldest: number }>(oldestOfAll) }
      : connection.get<{ oldest: number | null; newest: number | null }>(rangeOfTenant, { tenant });
  if (row?.oldest == null || row.newest === null) return undefined;
  return { session: undefined, tenantId: scope.tenantId, oldest: row.oldest, newest: row.newest };
};

interface SessionRange {
  readonly ordinal: number;
  readonly tenant: string | null;
  readonly oldest: number | null;
  readonly newest: number;
}
