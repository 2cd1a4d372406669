import { Approval } from '@agent-harbor/api-contract/schemas';
import { type Change, checked, millisecondsOf, Problem } from '@agent-harbor/core';
import type { Connection } from '../connection.ts';
import { checksumOf } from '../integrity/chain.ts';
import { build, comparable, slot } from '../tables.ts';

const findSession = build
  .selectFrom('sessions')
  .select(['ordinal', 'tenant'])
  .where('id', '=', slot<string>('id'))
  .compile().sql;

const upsertApproval = build
  .insertInto('approvals')
  .values({
    session: slot('session'),
    id: slot('id'),
    tenant: slot('tenant'),
    state: slot('state'),
    requested_at: slot('at'),
    record: slot('record'),
    checksum: slot('checksum'),
  })
  .onConflict((conflict) =>
    conflict.columns(['session', 'id']).doUpdateSet({
      state: slot('state'),
      requested_at: slot('at'),
      record: slot('record'),
      checksum: slot('checksum'),
    }),
  )
  .compile().sql;

/** Writes the request as it is now. Everything that can be wrong with it is found before the write. */
export const saveApproval = (
  connection: Connection,
  change: Extract<Change, { kind: 'approval-saved' }>,
): void => {
  const approval = checked(Approval, change.approval, `Permission request ${change.approval.id}`);
  const session = connection.get<{ ordinal: number; tenant: string | null }>(findSession, {
    id: comparable(approval.sessionId),
  });
  if (session === undefined) {
    throw new Problem('session-not-found', { detail: `There is no session ${approval.sessionId}.` });
  }
  const record = JSON.stringify(approval);
  connection.run(upsertApproval, {
    session: session.ordinal,
    id: comparable(approval.id),
    tenant: session.tenant,
    state: approval.state,
    at: millisecondsOf(approval.requestedAt),
    record,
    checksum: checksumOf(record),
  });
};
