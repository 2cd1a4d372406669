import { Draft, Repository } from '@agent-harbor/api-contract/schemas';
import { type Change, checked, millisecondsOf, Problem } from '@agent-harbor/core';
import { sql } from 'kysely';
import type { Connection } from '../connection.ts';
import { checksumOf } from '../integrity/chain.ts';
import { build, comparable, slot } from '../tables.ts';

const upsertDraft = build
  .insertInto('drafts')
  .values({
    id: slot('id'),
    tenant: slot('tenant'),
    updated_at: slot('at'),
    record: slot('record'),
    checksum: slot('checksum'),
  })
  .onConflict((conflict) =>
    conflict.column('id').doUpdateSet({
      tenant: slot('tenant'),
      updated_at: slot('at'),
      record: slot('record'),
      checksum: slot('checksum'),
    }),
  )
  .compile().sql;

const deleteDraftRow = build.deleteFrom('drafts').where('id', '=', slot<string>('id')).compile().sql;

const upsertRepository = build
  .insertInto('repositories')
  .values({
    id: slot('id'),
    tenant: slot('tenant'),
    last_used_at: slot('at'),
    record: slot('record'),
    checksum: slot('checksum'),
  })
  .onConflict((conflict) =>
    conflict
      .columns(['tenant', 'id'])
      .doUpdateSet({ last_used_at: slot('at'), record: slot('record'), checksum: slot('checksum') }),
  )
  .compile().sql;

const findReply = build
  .selectFrom('replies')
  .select('expires_at')
  .where('scope', '=', slot<string>('scope'))
  .where('key', '=', slot<string>('key'))
  .compile().sql;

/** Few at a time: a day's replies must not be forgotten in one write. */
const deleteExpired = build
  .deleteFrom('replies')
  .where(sql<boolean>`(scope, key) IN (
    SELECT scope, key FROM replies WHERE expires_at <= ${slot('now')} ORDER BY expires_at LIMIT 100
  )`)
  .compile().sql;

const upsertReply = build
  .replaceInto('replies')
  .values({
    scope: slot('scope'),
    key: slot('key'),
    fingerprint: slot('fingerprint'),
    stored_at: slot('stored_at'),
    expires_at: slot('expires_at'),
    reply: slot('reply'),
    checksum: slot('checksum'),
  })
  .compile().sql;

export const saveDraft = (connection: Connection, change: Extract<Change, { kind: 'draft-saved' }>): void => {
  const draft = checked(Draft, change.draft, `Draft ${change.draft.id}`);
  const record = JSON.stringify(draft);
  connection.run(upsertDraft, {
    id: comparable(draft.id),
    tenant: draft.tenantId === undefined ? null : comparable(draft.tenantId),
    at: millisecondsOf(draft.updatedAt),
    record,
    checksum: checksumOf(record),
  });
};

export const deleteDraft = (
  connection: Connection,
  { id }: Extract<Change, { kind: 'draft-deleted' }>,
): void => {
  connection.run(deleteDraftRow, { id: comparable(id) });
};

export const useRepository = (
  connection: Connection,
  change: Extract<Change, { kind: 'repository-used' }>,
): void => {
  const repository = checked(Repository, change.repository, `Repository ${change.repository.id}`);
  const record = JSON.stringify(repository);
  const row = {
    id: comparable(repository.id),
    at: millisecondsOf(repository.lastUsedAt),
    record,
    checksum: checksumOf(record),
  };
  connection.run(upsertRepository, { ...row, tenant: '' });
  if (change.tenantId !== undefined) {
    connection.run(upsertRepository, { ...row, tenant: comparable(change.tenantId) });
  }
};

export const storeReply = (
  connection: Connection,
  { reply }: Extract<Change, { kind: 'reply-stored' }>,
): void => {
  const scope = comparable(reply.scope);
  const key = comparable(reply.key);
  const before = connection.get<{ expires_at: number }>(findReply, { scope, key });
  if (before !== undefined && before.expires_at > reply.storedAt) {
    throw new Problem('idempotency-in-progress', { retryAfterSeconds: 1 });
  }
  connection.run(deleteExpired, { now: reply.storedAt });
  connection.run(upsertReply, {
    scope,
    key,
    fingerprint: reply.fingerprint,
    stored_at: reply.storedAt,
    expires_at: reply.expiresAt,
    reply: reply.reply,
    checksum: checksumOf(reply.reply),
  });
};
