import { type Change, encodeEvent, levelOf, Problem, type StoredEvent } from '@agent-harbor/core';
import type { Connection } from '../connection.ts';
import { chainAfter, type LogPlace, sealOf } from '../integrity/chain.ts';
import { build, comparable, slot } from '../tables.ts';

/** Not a join: SQLite takes three times as long for one that finds one row. */
const findLog = build
  .selectFrom('session_logs')
  .select(['session', 'last_seq', 'journal_offset', 'chain', 'pruned_seq', 'pruned_chain', 'seal'])
  .where('session', '=', (eb) =>
    eb.selectFrom('sessions').select('ordinal').where('id', '=', slot<string>('id')),
  )
  .compile().sql;

const updateLog = build
  .updateTable('session_logs')
  .set({
    last_seq: slot('last_seq'),
    journal_offset: slot('journal_offset'),
    chain: slot('chain'),
    seal: slot('seal'),
  })
  .where('session', '=', slot<number>('session'))
  .compile().sql;

const findKey = build
  .selectFrom('event_keys')
  .select('session')
  .where('session', '=', slot<number>('session'))
  .where('key', '=', slot<string>('key'))
  .compile().sql;

const insertKey = build
  .insertInto('event_keys')
  .values({ session: slot('session'), key: slot('key') })
  .compile().sql;

const insertEvent = build
  .insertInto('events')
  .values({
    session: slot('session'),
    seq: slot('seq'),
    position: slot('position'),
    type: slot('type'),
    level: slot('level'),
    at: slot('at'),
    tool_execution_id: slot('tool'),
    chain: slot('chain'),
    json: slot('json'),
  })
  .compile().sql;

/**
 * Appends a batch unless it is in the log already. Everything that can be wrong with it is found before the first
 * write. `lastPosition` is the last position given in this store.
 */
export const appendEvents = (
  connection: Connection,
  change: Extract<Change, { kind: 'events-appended' }>,
  lastPosition: number,
): readonly StoredEvent[] => {
  const { sessionId, journalOffset, dedupeKey } = change;
  const log = connection.get<LogPlace & { session: number; seal: number }>(findLog, {
    id: comparable(sessionId),
  });
  if (log === undefined) {
    throw new Problem('session-not-found', { detail: `There is no session ${sessionId}.` });
  }
  if (sealOf(log) !== log.seal) {
    throw new Problem('internal', { detail: `The log of session ${sessionId} is damaged in the store.` });
  }
  const { session, last_seq, journal_offset } = log;
  if (journalOffset !== undefined && journalOffset <= journal_offset) return [];
  const key = dedupeKey === undefined ? undefined : comparable(dedupeKey);
  if (key !== undefined && connection.get(findKey, { session, key }) !== undefined) return [];

  const events = change.events.map((event, index): StoredEvent => {
    const { at, body } = event;
    const seq = last_seq + index + 1;
    const json = encodeEvent(sessionId, seq, event);
    return {
      sessionId,
      seq,
      position: lastPosition + index + 1,
      type: body.type,
      level: levelOf(body),
      at,
      json,
    };
  });
  let { chain } = log;
  for (const [index, { seq, position, type, level, at, json }] of events.entries()) {
    const tool = toolExecutionId(change.events[index]?.body);
    chain = chainAfter(json, chain);
    connection.run(insertEvent, { session, seq, position, type, level, at, tool, chain, json });
  }
  if (key !== undefined) connection.run(insertKey, { session, key });
  const place: LogPlace = {
    ...log,
    last_seq: last_seq + events.length,
    journal_offset: journalOffset ?? journal_offset,
    chain,
  };
  connection.run(updateLog, { ...place, session, seal: sealOf(place) });
  return events;
};

const toolExecutionId = (body: object | undefined): string | null =>
  body !== undefined && 'tool_execution_id' in body && typeof body.tool_execution_id === 'string'
    ? comparable(body.tool_execution_id)
    : null;
