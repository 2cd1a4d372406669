import { Draft, Project, Repository } from '@agent-harbor/api-contract/schemas';
import { type Change, checked, millisecondsOf, Problem, timestamp } from '@agent-harbor/core';
import { sql } from 'kysely';
import type { Connection } from '../connection.ts';
import { checksumOf } from '../integrity/chain.ts';
import { type RecordRow, readRecord } from '../integrity/record.ts';
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

const insertRepositoryProject =
  'INSERT OR IGNORE INTO repository_projects (tenant, project, repository) VALUES (@tenant, @project, @repository)';

const ownersOfRepository = build
  .selectFrom('repositories')
  .select('tenant')
  .where('id', '=', slot<string>('id'))
  .compile().sql;

const deleteRepository = build
  .deleteFrom('repositories')
  .where('tenant', '=', slot<string>('tenant'))
  .where('id', '=', slot<string>('id'))
  .compile().sql;

const deleteRepositoryProjects = build
  .deleteFrom('repository_projects')
  .where('tenant', '=', slot<string>('tenant'))
  .where('repository', '=', slot<string>('id'))
  .compile().sql;

const findProject = build
  .selectFrom('projects')
  .select(['record', 'checksum'])
  .where('tenant', '=', slot<string>('tenant'))
  .where('id', '=', slot<string>('id'))
  .compile().sql;

const upsertProject = build
  .insertInto('projects')
  .values({
    tenant: slot('tenant'),
    id: slot('id'),
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
  for (const tenant of ['', ...(change.tenantId === undefined ? [] : [comparable(change.tenantId)])]) {
    connection.run(upsertRepository, { ...row, tenant });
    if (change.projectId !== undefined) {
      connection.run(insertRepositoryProject, {
        tenant,
        project: comparable(change.projectId),
        repository: row.id,
      });
    }
  }
};

export const removeRepository = (
  connection: Connection,
  change: Extract<Change, { kind: 'repository-removed' }>,
): void => {
  const id = comparable(change.id);
  const owners = connection.all<{ tenant: string }>(ownersOfRepository, { id }).map(({ tenant }) => tenant);
  const own = change.tenantId === undefined ? undefined : comparable(change.tenantId);
  const others = owners.filter((tenant) => tenant !== '' && tenant !== own);
  for (const tenant of owners) {
    if (own !== undefined && tenant !== own && (tenant !== '' || others.length > 0)) continue;
    connection.run(deleteRepository, { tenant, id });
    connection.run(deleteRepositoryProjects, { tenant, id });
  }
};

export const useProject = (
  connection: Connection,
  change: Extract<Change, { kind: 'project-used' }>,
): void => {
  const key = {
    tenant: change.tenantId === undefined ? '' : comparable(change.tenantId),
    id: comparable(change.id),
  };
  const before = connection.get<RecordRow>(findProject, key);
  const what = `Project ${change.id}`;
  const used = timestamp(change.at);
  const createdAt = before === undefined ? used : readRecord(Project, before, what).createdAt;
  const { id, tenantId } = change;
  const known = { id, ...(tenantId === undefined ? {} : { tenantId }), createdAt, lastUsedAt: used };
  const record = JSON.stringify(checked(Project, known, what));
  connection.run(upsertProject, { ...key, at: change.at, record, checksum: checksumOf(record) });
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
