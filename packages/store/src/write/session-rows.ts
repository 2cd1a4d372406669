import {
  type Change,
  checked,
  digest,
  millisecondsOf,
  Problem,
  SessionRecord,
  TaskRecord,
  wordsOf,
} from '@agent-harbor/core';
import { sql } from 'kysely';
import type { Connection } from '../connection.ts';
import { checksumOf, sealOf } from '../integrity/chain.ts';
import { raiseFloors } from '../prune/floors.ts';
import { build, comparable, slot } from '../tables.ts';

const insertTask = build
  .insertInto('tasks')
  .values({
    id: slot('id'),
    tenant: slot('tenant'),
    record: slot('record'),
    checksum: slot('checksum'),
  })
  .compile().sql;

const insertSession = build
  .insertInto('sessions')
  .values({
    id: slot('id'),
    task: slot('task'),
    tenant: slot('tenant'),
    project: slot('project'),
    agent: slot('agent'),
    repo: slot('repo'),
    status: slot('status'),
    workspace: slot('workspace'),
    archived: slot('archived'),
    created_at: slot('created_at'),
    updated_at: slot('updated_at'),
    labels: slot('labels'),
    prompt_digest: slot('prompt_digest'),
    record: slot('record'),
    checksum: slot('checksum'),
  })
  .compile().sql;

/** What most saves change. The other columns stand in most indexes, and SQLite writes an index for every column it is told to set. */
const updateSession = build
  .updateTable('sessions')
  .set({
    status: slot('status'),
    workspace: slot('workspace'),
    archived: slot('archived'),
    updated_at: slot('updated_at'),
    record: slot('record'),
    checksum: slot('checksum'),
  })
  .where('ordinal', '=', slot<number>('ordinal'))
  .compile().sql;

const updateOrigin = build
  .updateTable('sessions')
  .set({
    task: slot('task'),
    tenant: slot('tenant'),
    project: slot('project'),
    agent: slot('agent'),
    repo: slot('repo'),
    created_at: slot('created_at'),
    labels: slot('labels'),
    prompt_digest: slot('prompt_digest'),
  })
  .where('ordinal', '=', slot<number>('ordinal'))
  .compile().sql;

const moveApprovals = build
  .updateTable('approvals')
  .set({ tenant: slot('tenant') })
  .where('session', '=', slot<number>('session'))
  .compile().sql;

const findTask = build
  .selectFrom('tasks')
  .select('ordinal')
  .where('id', '=', slot<string>('id'))
  .compile().sql;

const origin = [
  'task',
  'tenant',
  'project',
  'agent',
  'repo',
  'created_at',
  'labels',
  'prompt_digest',
] as const;

const findSession = build
  .selectFrom('sessions')
  .select(['ordinal', ...origin])
  .where('id', '=', slot<string>('id'))
  .compile().sql;

const emptyLog = { last_seq: 0, journal_offset: 0, chain: 0, pruned_seq: 0, pruned_chain: 0 };
const insertLog = build
  .insertInto('session_logs')
  .values({
    session: slot('session'),
    last_seq: sql.lit(0),
    journal_offset: sql.lit(0),
    chain: sql.lit(0),
    pruned_seq: sql.lit(0),
    pruned_chain: sql.lit(0),
    seal: sql.lit(sealOf(emptyLog)),
    bytes: sql.lit(0),
    oldest_at: sql.lit(0),
    pruned_position: sql.lit(0),
  })
  .compile().sql;

const insertLabel = build
  .insertInto('session_labels')
  .values({ session: slot('session'), name: slot('name'), value: slot('value') })
  .compile().sql;
const findPruned = 'SELECT pruned_position FROM session_logs WHERE session = @session';
const deleteLabels = build
  .deleteFrom('session_labels')
  .where('session', '=', slot<number>('session'))
  .compile().sql;
const insertWords = build
  .insertInto('session_words')
  .values({ rowid: slot('session'), words: slot('words') })
  .compile().sql;
const deleteWords = build
  .deleteFrom('session_words')
  .where('rowid', '=', slot<number>('session'))
  .compile().sql;

export const createTask = (
  connection: Connection,
  change: Extract<Change, { kind: 'task-created' }>,
): void => {
  const task = checked(TaskRecord, change.task, `Task ${change.task.id}`);
  const id = comparable(task.id);
  if (connection.get(findTask, { id }) !== undefined) {
    throw new Problem('internal', { detail: `Task ${task.id} exists.` });
  }
  const record = JSON.stringify(task);
  connection.run(insertTask, { id, tenant: optional(task.tenantId), record, checksum: checksumOf(record) });
};

export const createSession = (
  connection: Connection,
  change: Extract<Change, { kind: 'session-created' }>,
): void => {
  const session = checked(SessionRecord, change.session, `Session ${change.session.id}`);
  const columns = columnsOf(session);
  if (connection.get(findSession, { id: columns.id }) !== undefined) {
    throw new Problem('internal', { detail: `Session ${session.id} exists.` });
  }
  if (connection.get(findTask, { id: columns.task }) === undefined) {
    throw new Problem('task-not-found', { detail: `There is no task ${session.taskId}.` });
  }
  const { ordinal } = connection.run(insertSession, columns);
  connection.run(insertLog, { session: ordinal });
  writeLabels(connection, ordinal, session);
  writeWords(connection, ordinal, session);
};

export const saveSession = (
  connection: Connection,
  change: Extract<Change, { kind: 'session-saved' }>,
): void => {
  const session = checked(SessionRecord, change.session, `Session ${change.session.id}`);
  const columns = columnsOf(session);
  const before = connection.get<OriginRow>(findSession, { id: columns.id });
  if (before === undefined) {
    throw new Problem('session-not-found', { detail: `There is no session ${session.id}.` });
  }
  const { ordinal } = before;
  connection.run(updateSession, { ...columns, ordinal });
  if (origin.every((column) => before[column] === columns[column])) return;
  connection.run(updateOrigin, { ...columns, ordinal });
  if (before.tenant !== columns.tenant) {
    connection.run(moveApprovals, { session: ordinal, tenant: columns.tenant });
    // What is gone of the session is now gone for its new owner.
    const log = connection.get<{ pruned_position: number }>(findPruned, { session: ordinal });
    if (log !== undefined && log.pruned_position > 0) {
      raiseFloors(connection, columns.tenant, log.pruned_position);
    }
  }
  if (before.labels !== columns.labels) {
    connection.run(deleteLabels, { session: ordinal });
    writeLabels(connection, ordinal, session);
  }
  if (before.prompt_digest !== columns.prompt_digest) {
    connection.run(deleteWords, { session: ordinal });
    writeWords(connection, ordinal, session);
  }
};

type OriginRow = ReturnType<typeof columnsOf> & { readonly ordinal: number };

const columnsOf = (session: SessionRecord, record = JSON.stringify(session)) => ({
  id: comparable(session.id),
  task: comparable(session.taskId),
  tenant: optional(session.tenantId),
  project: optional(session.projectId),
  agent: session.agent.type,
  repo: optional(session.repo.url),
  status: session.status,
  workspace: session.workspace.state,
  archived: session.archivedAt === undefined ? 0 : 1,
  created_at: millisecondsOf(session.createdAt),
  updated_at: millisecondsOf(session.updatedAt),
  labels: JSON.stringify(session.labels),
  prompt_digest: digest(session.prompt),
  record,
  checksum: checksumOf(record),
});

const writeLabels = (connection: Connection, session: number, { labels }: SessionRecord): void => {
  for (const [name, value] of Object.entries(labels)) {
    connection.run(insertLabel, { session, name: comparable(name), value: comparable(value) });
  }
};

const writeWords = (connection: Connection, session: number, { prompt }: SessionRecord): void => {
  connection.run(insertWords, { session, words: wordsOf(prompt).join(' ') });
};

const optional = (text: string | undefined): string | null => (text === undefined ? null : comparable(text));
