import { type Change, Problem, pruneStep, stepOf } from '@agent-harbor/core';
import type { Connection } from '../connection.ts';
import { type LogPlace, sealOf } from '../integrity/chain.ts';
import { comparable } from '../tables.ts';
import { raiseFloors } from './floors.ts';

const findLog = `
  SELECT session, tenant, last_seq, journal_offset, chain, pruned_seq, pruned_chain, seal, bytes
  FROM sessions JOIN session_logs ON session = ordinal WHERE id = @id`;

const findOldest = `
  SELECT seq, position, at, chain, octet_length(json) AS bytes FROM events
  WHERE session = @session AND seq > @pruned_seq ORDER BY seq LIMIT ${pruneStep.events + 1}`;

const deleteEvents = 'DELETE FROM events WHERE session = @session AND seq <= @through';

/** What is kept about them goes with them. */
const deleteConversation = 'DELETE FROM conversation WHERE session = @session AND seq BETWEEN 1 AND @through';

const updateLog = `
  UPDATE session_logs SET pruned_seq = @pruned_seq, pruned_chain = @pruned_chain, seal = @seal,
    pruned_position = @position, bytes = @bytes, oldest_at = @oldest_at
  WHERE session = @session`;

/**
 * Takes the oldest events of a session out of its log, one bounded step; gives the bytes that were taken. The chain of the
 * last one stays, so that the rest can be verified, and its position, so that readers of many sessions know.
 */
export const pruneEvents = (
  connection: Connection,
  change: Extract<Change, { kind: 'events-pruned' }>,
): number => {
  const log = connection.get<LogRow>(findLog, { id: comparable(change.sessionId) });
  if (log === undefined) {
    throw new Problem('session-not-found', { detail: `There is no session ${change.sessionId}.` });
  }
  if (sealOf(log) !== log.seal) {
    throw new Problem('internal', {
      detail: `The log of session ${change.sessionId} is damaged in the store.`,
    });
  }
  const { session, pruned_seq } = log;
  const oldest = connection.all<EventRow>(findOldest, { session, pruned_seq });
  const count = stepOf(change, oldest, log.bytes);
  const last = oldest[count - 1];
  const next = oldest[count];
  if (last === undefined || next === undefined) return 0;
  const taken = oldest.slice(0, count).reduce((sum, { bytes }) => sum + bytes, 0);
  connection.run(deleteEvents, { session, through: last.seq });
  connection.run(deleteConversation, { session, through: last.seq });
  const place: LogPlace = { ...log, pruned_seq: last.seq, pruned_chain: last.chain };
  connection.run(updateLog, {
    session,
    pruned_seq: place.pruned_seq,
    pruned_chain: place.pruned_chain,
    seal: sealOf(place),
    position: last.position,
    bytes: log.bytes - taken,
    oldest_at: next.at,
  });
  raiseFloors(connection, log.tenant, last.position);
  return taken;
};

type LogRow = LogPlace & {
  readonly session: number;
  readonly tenant: string | null;
  readonly seal: number;
  readonly bytes: number;
};

interface EventRow {
  readonly seq: number;
  readonly position: number;
  readonly at: number;
  readonly chain: number;
  readonly bytes: number;
}
