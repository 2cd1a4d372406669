import { type Change, type ConversationPart, checkedPart, Problem } from '@agent-harbor/core';
import type { Connection } from '../connection.ts';
import { checksumOf } from '../integrity/chain.ts';
import { build, comparable, slot } from '../tables.ts';

const findSession = build
  .selectFrom('sessions')
  .select('ordinal')
  .where('id', '=', slot<string>('id'))
  .compile().sql;

const upsertRow = build
  .insertInto('conversation')
  .values({
    session: slot('session'),
    part: slot('part'),
    seq: slot('seq'),
    id: slot('id'),
    record: slot('record'),
    checksum: slot('checksum'),
  })
  .onConflict((conflict) =>
    conflict
      .columns(['session', 'part', 'seq', 'id'])
      .doUpdateSet({ record: slot('record'), checksum: slot('checksum') }),
  )
  .compile().sql;

/** Writes the row as it is now. Everything that can be wrong with it is found before the write. */
export const saveConversationRow = (
  connection: Connection,
  { sessionId, row }: Extract<Change, { kind: 'conversation-saved' }>,
): void => {
  const session = connection.get<{ ordinal: number }>(findSession, { id: comparable(sessionId) });
  if (session === undefined) {
    throw new Problem('session-not-found', { detail: `There is no session ${sessionId}.` });
  }
  const { part, seq, id } = row;
  const record = JSON.stringify(checkedPart(row, `What is kept of message ${seq}`));
  connection.run(upsertRow, {
    session: session.ordinal,
    part,
    seq,
    id: comparable(id),
    record,
    checksum: checksumOf(record),
  });
};

const deleteRows = build
  .deleteFrom('conversation')
  .where('session', '=', (eb) =>
    eb.selectFrom('sessions').select('ordinal').where('id', '=', slot<string>('id')),
  )
  .where('part', '=', slot<ConversationPart>('part'))
  .where('seq', '=', slot<number>('seq'))
  .compile().sql;

/** Drops the rows of one part about one event; that there are none is no failure. */
export const deleteConversationRows = (
  connection: Connection,
  { sessionId, part, seq }: Extract<Change, { kind: 'conversation-deleted' }>,
): void => {
  connection.run(deleteRows, { id: comparable(sessionId), part, seq });
};
