import { type Change, encodeEvent, levelOf, Problem, type StoredEvent } from '@agent-harbor/core';
import type { Connection, Value } from '../connection.ts';
import { chainAfter, type LogPlace, sealOf } from '../integrity/chain.ts';
import { damaged } from '../integrity/record.ts';
import { build, comparable, slot } from '../tables.ts';

/** Not a join: SQLite takes three times as long for one that finds one row. */
const findLog = build
  .selectFrom('session_logs')
  .select([
    'session',
    'last_seq',
    'journal_offset',
    'chain',
    'pruned_seq',
    'pruned_chain',
    'seal',
    'bytes',
    'oldest_at',
  ])
  .where('session', '=', (eb) =>
    eb.selectFrom('sessions').select('ordinal').where('id', '=', slot<string>('id')),
  )
  .compile().sql;

/** By place and not by name, as the events: a name costs more than its value. */
const updateLog = build
  .updateTable('session_logs')
  .set({ last_seq: 0, journal_offset: 0, chain: 0, seal: 0, bytes: 0, oldest_at: 0 })
  .where('session', '=', 0)
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

/** The values of a row have no names: with nine of them that would be a fifth of what the insert costs. */
const insertRows = (count: number): string =>
  build
    .insertInto('events')
    .values(
      Array.from({ length: count }, () => ({
        position: 0,
        session: 0,
        seq: 0,
        type: 'log' as const,
        level: 'info' as const,
        at: 0,
        tool_execution_id: null,
        chain: 0,
        json: '',
      })),
    )
    .compile().sql;

/** Rows that are written by one statement, a tenth cheaper than each by itself; the largest first. */
const inserts = [16, 4, 1].map((rows) => ({ rows, sql: insertRows(rows) }));
const valuesPerRow = 9;

/** What an append wrote. */
export interface Appended {
  readonly events: readonly StoredEvent[];
  /** UTF-8 of their JSON. */
  readonly bytes: number;
}

const nothing: Appended = { events: [], bytes: 0 };

/**
 * Appends a batch unless it is in the log already. Everything that can be wrong with it is found before the first
 * write. `lastPosition` is the last position given in this store, `logs` are the rows that need not be read.
 */
export const appendEvents = (
  connection: Connection,
  change: Extract<Change, { kind: 'events-appended' }>,
  lastPosition: number,
  logs: LogRows,
): Appended => {
  const { sessionId, journalOffset, dedupeKey } = change;
  const log = logs.get(sessionId) ?? readLog(connection, sessionId);
  const { session, last_seq, journal_offset } = log;
  if (journalOffset !== undefined && journalOffset <= journal_offset) return nothing;
  const key = dedupeKey === undefined ? undefined : comparable(dedupeKey);
  if (key !== undefined && connection.get(findKey, { session, key }) !== undefined) return nothing;

  const events: StoredEvent[] = [];
  for (const event of change.events) {
    const { at, body } = event;
    const seq = last_seq + events.length + 1;
    const json = encodeEvent(sessionId, seq, event);
    const position = lastPosition + events.length + 1;
    events.push({ sessionId, seq, position, type: body.type, level: levelOf(body), at, json });
  }
  let { chain } = log;
  let bytes = 0;
  const values: Value[] = [];
  for (const [index, { seq, position, type, level, at, json }] of events.entries()) {
    const tool = toolExecutionId(change.events[index]?.body);
    chain = chainAfter(json, chain);
    bytes += Buffer.byteLength(json);
    values.push(position, session, seq, type, level, at, tool, chain, json);
  }
  let written = 0;
  for (const { rows, sql } of inserts) {
    for (; events.length - written >= rows; written += rows) {
      connection.run(sql, values.slice(written * valuesPerRow, (written + rows) * valuesPerRow));
    }
  }
  if (key !== undefined) connection.run(insertKey, { session, key });
  const { pruned_seq, pruned_chain } = log;
  const place = {
    last_seq: last_seq + events.length,
    journal_offset: journalOffset ?? journal_offset,
    chain,
    pruned_seq,
    pruned_chain,
  };
  const row: LogRow = {
    ...place,
    session,
    seal: sealOf(place),
    bytes: log.bytes + bytes,
    // The newest event is never pruned, so a log that is empty never had one.
    oldest_at: last_seq === 0 ? (events[0]?.at ?? 0) : log.oldest_at,
  };
  connection.run(updateLog, [
    row.last_seq,
    row.journal_offset,
    row.chain,
    row.seal,
    row.bytes,
    row.oldest_at,
    session,
  ]);
  logs.set(sessionId, row);
  return { events, bytes };
};

const readLog = (connection: Connection, sessionId: string): LogRow => {
  const log = connection.get<LogRow>(findLog, { id: comparable(sessionId) });
  if (log === undefined) {
    throw new Problem('session-not-found', { detail: `There is no session ${sessionId}.` });
  }
  if (sealOf(log) !== log.seal) throw damaged(`The log of session ${sessionId}`);
  return log;
};

/**
 * The rows of the logs that were written last, as this process wrote them: nobody else may. Forgotten when a write to one
 * of them is taken back or done elsewhere.
 */
export class LogRows {
  private readonly rows = new Map<string, LogRow>();

  get(sessionId: string): LogRow | undefined {
    return this.rows.get(sessionId);
  }

  set(sessionId: string, row: LogRow): void {
    if (this.rows.size >= keptRows) this.rows.clear();
    this.rows.set(sessionId, row);
  }

  forget(sessionId: string): void {
    this.rows.delete(sessionId);
  }

  forgetAll(): void {
    this.rows.clear();
  }
}

const keptRows = 1000;

type LogRow = LogPlace & {
  readonly session: number;
  readonly seal: number;
  readonly bytes: number;
  readonly oldest_at: number;
};

const toolExecutionId = (body: object | undefined): string | null =>
  body !== undefined && 'tool_execution_id' in body && typeof body.tool_execution_id === 'string'
    ? comparable(body.tool_execution_id)
    : null;
