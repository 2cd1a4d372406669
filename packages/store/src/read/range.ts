import type { Scope } from '@agent-harbor/core';
import type { Connection } from '../connection.ts';
import { type LogPlace, sealOf } from '../integrity/chain.ts';
import { damaged } from '../integrity/record.ts';
import { comparable } from '../tables.ts';
import type { LogRange } from './events.ts';

const findSession = 'SELECT ordinal, tenant FROM sessions WHERE id = @id';

const findLog = `
  SELECT last_seq, journal_offset, chain, pruned_seq, pruned_chain, seal FROM session_logs WHERE session = @ordinal`;

const oldestOfAll = 'SELECT position AS oldest FROM events ORDER BY position LIMIT 1';

/** Positions grow within a session, so its first and last event bound it. */
const rangeOfTenant = `
  SELECT
    min((SELECT position FROM events WHERE session = sessions.ordinal ORDER BY seq LIMIT 1)) AS oldest,
    max((SELECT position FROM events WHERE session = sessions.ordinal ORDER BY seq DESC LIMIT 1)) AS newest
  FROM sessions WHERE tenant = @tenant`;

/**
 * The part of the log a caller may see; undefined when there is none. `lastPosition` is the newest of all. Throws
 * `data-damaged` when it cannot be known where the log of the session stands.
 */
export const findRange = (
  connection: Connection,
  scope: Scope,
  sessionId: string | undefined,
  lastPosition: number,
): LogRange | undefined => {
  const tenant = scope.tenantId === null ? null : comparable(scope.tenantId);
  if (sessionId !== undefined) {
    const row = connection.get<{ ordinal: number; tenant: string | null }>(findSession, {
      id: comparable(sessionId),
    });
    if (row === undefined || (tenant !== null && row.tenant !== tenant)) return undefined;
    const { ordinal } = row;
    const place = connection.get<LogPlace & { seal: number }>(findLog, { ordinal });
    if (place === undefined || sealOf(place) !== place.seal) throw damaged(`The log of session ${sessionId}`);
    if (place.pruned_seq >= place.last_seq) return undefined;
    return {
      session: { ordinal, id: sessionId, place },
      tenantId: null,
      oldest: place.pruned_seq + 1,
      newest: place.last_seq,
    };
  }
  const row =
    tenant === null
      ? { newest: lastPosition, ...connection.get<{ oldest: number }>(oldestOfAll) }
      : connection.get<{ oldest: number | null; newest: number | null }>(rangeOfTenant, { tenant });
  if (row?.oldest == null || row.newest === null) return undefined;
  return { session: undefined, tenantId: scope.tenantId, oldest: row.oldest, newest: row.newest };
};
