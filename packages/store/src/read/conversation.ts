import {
  type ConversationPart,
  type ConversationRange,
  type ConversationRow,
  conversationParts,
  type Scope,
} from '@agent-harbor/core';
import type { Connection } from '../connection.ts';
import { type RecordRow, readRecord } from '../integrity/record.ts';
import { build, comparable, slot } from '../tables.ts';

const rowsBetween = build
  .selectFrom('conversation')
  .innerJoin('sessions', 'sessions.ordinal', 'conversation.session')
  .select([
    'conversation.seq',
    'conversation.id',
    'conversation.record',
    'conversation.checksum',
    'sessions.tenant',
  ])
  .where('sessions.id', '=', slot<string>('session'))
  .where('conversation.part', '=', slot<ConversationPart>('part'))
  .where('conversation.seq', '>=', slot<number>('from'))
  .where('conversation.seq', '<=', slot<number>('through'))
  .orderBy('conversation.seq')
  .orderBy('conversation.id')
  .compile().sql;

/** The rows of one part of a session's conversation, by event and id. */
export const readConversation = <Part extends ConversationPart>(
  connection: Connection,
  scope: Scope,
  sessionId: string,
  part: Part,
  { from = 0, through = Number.MAX_SAFE_INTEGER }: ConversationRange = {},
): readonly ConversationRow<Part>[] => {
  const place = { session: comparable(sessionId), part, from, through };
  const owner = scope.tenantId === null ? undefined : comparable(scope.tenantId);
  return connection
    .all<Row>(rowsBetween, place)
    .filter(({ tenant }) => owner === undefined || tenant === owner)
    .map(({ seq, id, ...row }) => ({
      part,
      seq,
      id,
      value: readRecord(conversationParts[part], row, `What is kept of message ${seq}`),
    }));
};

interface Row extends RecordRow {
  readonly seq: number;
  readonly id: string;
  readonly tenant: string | null;
}
