import {
  Approval,
  Draft,
  Project,
  Repository,
  Webhook,
  WebhookDelivery,
} from '@agent-harbor/api-contract/schemas';
import { timestamp } from '../../clock.ts';
import { checkedPart } from '../../conversation/row.ts';
import { utf8Bytes } from '../../event/bytes.ts';
import { encodeEvent } from '../../event/encode.ts';
import { levelOf } from '../../event/level.ts';
import type { NewEvent } from '../../executor/executor.ts';
import { Problem } from '../../problem.ts';
import { SessionRecord, TaskRecord } from '../../session/record.ts';
import { keptDeliveries } from '../../webhook/row.ts';
import { asProblem, checked } from '../checked.ts';
import { millisecondsOf } from '../place.ts';
import { pruneStep, stepOf } from '../prune.ts';
import { wordsOf } from '../search.ts';
import type { Change, StoredEvent } from '../store.ts';
import { type EventRow, type SessionRow, slot, type Tables } from './tables.ts';

/** Applies all changes, or takes back what was done and throws. */
export const applyAll = (tables: Tables, changes: readonly Change[]): readonly StoredEvent[] => {
  const undo: (() => void)[] = [];
  try {
    return changes.flatMap((change) => apply(new Writer(tables, undo), change));
  } catch (failure) {
    for (const step of undo.reverse()) step();
    throw asProblem(failure);
  }
};

/** Writes, and remembers how to take it back. */
class Writer {
  readonly tables: Tables;
  private readonly undo: (() => void)[];

  constructor(tables: Tables, undo: (() => void)[]) {
    this.tables = tables;
    this.undo = undo;
  }

  set<Value>(table: Map<string, Value>, key: string, value: Value): void {
    const before = table.get(key);
    this.undo.push(() => (before === undefined ? table.delete(key) : table.set(key, before)));
    table.set(key, value);
  }

  delete<Value>(table: Map<string, Value>, key: string): void {
    const before = table.get(key);
    if (before === undefined) return;
    this.undo.push(() => table.set(key, before));
    table.delete(key);
  }

  append<Value>(list: Value[], value: Value): void {
    this.undo.push(() => list.pop());
    list.push(value);
  }

  add<Value>(set: Set<Value>, value: Value): void {
    this.undo.push(() => set.delete(value));
    set.add(value);
  }

  /** Takes the first rows out of a session's list, and out of the list of all. */
  prune(session: SessionRow, count: number): void {
    const { events } = this.tables;
    const rows = session.events.splice(0, count);
    for (const { stored } of rows) events[stored.position - 1] = undefined;
    this.undo.push(() => {
      session.events.unshift(...rows);
      for (const row of rows) events[row.stored.position - 1] = row;
    });
  }

  nextOrdinal(): number {
    return ++this.tables.ordinal;
  }
}

const apply = (writer: Writer, change: Change): readonly StoredEvent[] => {
  const { tables } = writer;
  switch (change.kind) {
    case 'task-created': {
      const task = checked(TaskRecord, change.task, `Task ${change.task.id}`);
      if (tables.tasks.has(task.id)) throw new Problem('internal', { detail: `Task ${task.id} exists.` });
      writer.set(tables.tasks, task.id, {
        ordinal: writer.nextOrdinal(),
        at: millisecondsOf(task.createdAt),
        json: JSON.stringify(task),
        tenantId: task.tenantId,
      });
      return [];
    }
    case 'session-created': {
      const session = checked(SessionRecord, change.session, `Session ${change.session.id}`);
      if (tables.sessions.has(session.id)) {
        throw new Problem('internal', { detail: `Session ${session.id} exists.` });
      }
      if (!tables.tasks.has(session.taskId)) {
        throw new Problem('task-not-found', { detail: `There is no task ${session.taskId}.` });
      }
      writer.set(tables.sessions, session.id, {
        ...sessionMembers(session),
        ordinal: writer.nextOrdinal(),
        words: wordsOf(session.prompt),
        journalOffset: 0,
        pruned: 0,
        prunedPosition: 0,
        bytes: 0,
        events: [],
        dedupeKeys: new Set<string>(),
      });
      return [];
    }
    case 'session-saved': {
      const session = checked(SessionRecord, change.session, `Session ${change.session.id}`);
      const before = existing(tables, session.id);
      const words = session.prompt === before.record.prompt ? before.words : wordsOf(session.prompt);
      writer.set(tables.sessions, session.id, { ...before, ...sessionMembers(session), words });
      // What is gone of it is now gone for its new owner.
      if (session.tenantId !== before.record.tenantId && before.pruned > 0) {
        raiseFloor(writer, session.tenantId, before.prunedPosition);
      }
      return [];
    }
    case 'events-appended':
      return append(writer, change);
    case 'events-pruned':
      prune(writer, change);
      return [];
    case 'approval-saved': {
      const approval = checked(Approval, change.approval, `Permission request ${change.approval.id}`);
      const { id, sessionId, state } = approval;
      existing(tables, sessionId);
      const key = slot(sessionId, id);
      writer.set(tables.approvals, key, {
        ordinal: tables.approvals.get(key)?.ordinal ?? writer.nextOrdinal(),
        at: millisecondsOf(approval.requestedAt),
        json: JSON.stringify(approval),
        sessionId,
        state,
      });
      return [];
    }
    case 'conversation-saved': {
      const { sessionId, row } = change;
      existing(tables, sessionId);
      const { part, seq, id } = row;
      const value = checkedPart(row, `What is kept of message ${seq}`);
      const key = slot(sessionId, part, String(seq), id);
      writer.set(tables.conversations, key, { sessionId, part, seq, id, json: JSON.stringify(value) });
      return [];
    }
    case 'conversation-deleted': {
      for (const [key, row] of tables.conversations) {
        const { sessionId, part, seq } = row;
        if (sessionId === change.sessionId && part === change.part && seq === change.seq)
          writer.delete(tables.conversations, key);
      }
      return [];
    }
    case 'webhook-saved': {
      const webhook = checked(Webhook, change.webhook, `Webhook ${change.webhook.id}`);
      const before = tables.webhooks.get(webhook.id);
      writer.set(tables.webhooks, webhook.id, {
        ordinal: before?.ordinal ?? writer.nextOrdinal(),
        at: millisecondsOf(webhook.createdAt),
        json: JSON.stringify(webhook),
        tenantId: webhook.tenantId,
        taskId: webhook.taskId,
        keys: change.keys?.map((key) => ({ ...key })) ?? before?.keys ?? [],
      });
      return [];
    }
    case 'webhook-deleted': {
      writer.delete(tables.webhooks, change.id);
      for (const table of [tables.lanes, tables.deliveries]) {
        for (const [key, { webhookId }] of table)
          if (webhookId === change.id) writer.delete<unknown>(table, key);
      }
      return [];
    }
    case 'webhooks-noticed':
      writer.set(tables.noticed, '', change.position);
      return [];
    case 'webhook-lane-saved': {
      const { lane } = change;
      if (tables.webhooks.has(lane.webhookId))
        writer.set(tables.lanes, slot(lane.webhookId, lane.sessionId), { ...lane });
      return [];
    }
    case 'webhook-delivery-saved':
      saveDelivery(writer, change);
      return [];
    case 'draft-saved': {
      const draft = checked(Draft, change.draft, `Draft ${change.draft.id}`);
      writer.set(tables.drafts, draft.id, {
        ordinal: tables.drafts.get(draft.id)?.ordinal ?? writer.nextOrdinal(),
        at: millisecondsOf(draft.updatedAt),
        json: JSON.stringify(draft),
        tenantId: draft.tenantId,
      });
      return [];
    }
    case 'draft-deleted':
      writer.delete(tables.drafts, change.id);
      return [];
    case 'repository-used': {
      const repository = checked(Repository, change.repository, `Repository ${change.repository.id}`);
      const owners = change.tenantId === undefined ? [undefined] : [undefined, change.tenantId];
      for (const tenantId of owners) {
        const key = slot(tenantId, repository.id);
        writer.set(tables.repositories, key, {
          ordinal: tables.repositories.get(key)?.ordinal ?? writer.nextOrdinal(),
          at: millisecondsOf(repository.lastUsedAt),
          json: JSON.stringify(repository),
          tenantId,
        });
        if (change.projectId !== undefined) {
          const place = slot(tenantId, change.projectId, repository.id);
          writer.set(tables.repositoryProjects, place, key);
        }
      }
      return [];
    }
    case 'repository-removed':
      removeRepository(writer, change);
      return [];
    case 'project-used': {
      const { id, tenantId, at } = change;
      const key = slot(tenantId, id);
      const before = tables.projects.get(key);
      const createdAt =
        before === undefined ? timestamp(at) : Project.parse(JSON.parse(before.json)).createdAt;
      const project = checked(
        Project,
        { id, ...(tenantId === undefined ? {} : { tenantId }), createdAt, lastUsedAt: timestamp(at) },
        `Project ${id}`,
      );
      writer.set(tables.projects, key, {
        ordinal: before?.ordinal ?? writer.nextOrdinal(),
        at,
        json: JSON.stringify(project),
        tenantId,
      });
      return [];
    }
    case 'reply-stored': {
      const { reply } = change;
      const key = slot(reply.scope, reply.key);
      const before = tables.replies.get(key);
      if (before !== undefined && before.expiresAt > reply.storedAt) {
        throw new Problem('idempotency-in-progress', { retryAfterSeconds: 1 });
      }
      for (const [other, { expiresAt }] of tables.replies) {
        if (expiresAt <= reply.storedAt) writer.delete(tables.replies, other);
      }
      writer.set(tables.replies, key, { ...reply });
      return [];
    }
  }
};

const removeRepository = (
  writer: Writer,
  { id, tenantId }: Extract<Change, { kind: 'repository-removed' }>,
): void => {
  const { repositories, repositoryProjects } = writer.tables;
  const owners = [...repositories].filter(([key, row]) => key === slot(row.tenantId, id));
  const others = owners.filter(([, row]) => row.tenantId !== undefined && row.tenantId !== tenantId);
  for (const [key, row] of owners) {
    const goes =
      tenantId === undefined ||
      row.tenantId === tenantId ||
      (row.tenantId === undefined && others.length === 0);
    if (!goes) continue;
    writer.delete(repositories, key);
    for (const [place, repository] of repositoryProjects) {
      if (repository === key) writer.delete(repositoryProjects, place);
    }
  }
};

const saveDelivery = (writer: Writer, change: Extract<Change, { kind: 'webhook-delivery-saved' }>): void => {
  const { tables } = writer;
  const delivery = checked(WebhookDelivery, change.delivery, `Message ${change.delivery.id}`);
  const { webhookId, sessionId, seq, state } = delivery;
  if (!tables.webhooks.has(webhookId)) return;
  const key = slot(webhookId, sessionId, String(seq));
  writer.set(tables.deliveries, key, {
    ordinal: tables.deliveries.get(key)?.ordinal ?? writer.nextOrdinal(),
    at: millisecondsOf(delivery.firstAttemptAt),
    json: JSON.stringify(delivery),
    webhookId,
    sessionId,
    seq,
    state,
  });
  if (state !== 'delivered' && state !== 'dead') return;
  const alike = [...tables.deliveries].filter(
    ([, row]) => row.webhookId === webhookId && row.state === state,
  );
  alike.sort(([, left], [, right]) => right.ordinal - left.ordinal);
  for (const [old] of alike.slice(keptDeliveries[state])) writer.delete(tables.deliveries, old);
};

const append = (
  writer: Writer,
  change: Extract<Change, { kind: 'events-appended' }>,
): readonly StoredEvent[] => {
  const { tables } = writer;
  const { sessionId, journalOffset, dedupeKey } = change;
  const session = existing(tables, sessionId);
  if (journalOffset !== undefined && journalOffset <= session.journalOffset) return [];
  if (dedupeKey !== undefined && session.dedupeKeys.has(dedupeKey)) return [];

  const lastSeq = session.pruned + session.events.length;
  const rows = change.events.map((event, index) =>
    place(sessionId, lastSeq + index + 1, tables.events.length + index + 1, event),
  );
  for (const row of rows) {
    writer.append(session.events, row);
    writer.append(tables.events, row);
  }
  if (dedupeKey !== undefined) writer.add(session.dedupeKeys, dedupeKey);
  writer.set(tables.sessions, sessionId, {
    ...session,
    bytes: session.bytes + bytesOf(rows),
    journalOffset: journalOffset ?? session.journalOffset,
  });
  return rows.map(({ stored }) => stored);
};

const prune = (writer: Writer, change: Extract<Change, { kind: 'events-pruned' }>): void => {
  const { tables } = writer;
  const session = existing(tables, change.sessionId);
  const oldest = session.events.slice(0, pruneStep.events + 1);
  const prunable = oldest.map(({ stored: { seq, at }, bytes }) => ({ seq, at, bytes }));
  const taken = oldest.slice(0, stepOf(change, prunable, session.bytes));
  const last = taken.at(-1);
  if (last === undefined) return;
  const { seq, position } = last.stored;
  writer.prune(session, taken.length);
  writer.set(tables.sessions, change.sessionId, {
    ...session,
    pruned: seq,
    prunedPosition: position,
    bytes: session.bytes - bytesOf(taken),
  });
  for (const [key, { sessionId, seq: about }] of tables.conversations) {
    if (sessionId === change.sessionId && about > 0 && about <= seq) writer.delete(tables.conversations, key);
  }
  raiseFloor(writer, undefined, position);
  raiseFloor(writer, session.record.tenantId, position);
};

const raiseFloor = (writer: Writer, tenantId: string | undefined, position: number): void => {
  const { floors } = writer.tables;
  const key = slot(tenantId);
  writer.set(floors, key, Math.max(floors.get(key) ?? 0, position));
};

const bytesOf = (rows: readonly EventRow[]): number => rows.reduce((sum, { bytes }) => sum + bytes, 0);

const place = (sessionId: string, seq: number, position: number, event: NewEvent): EventRow => {
  const { at, body } = event;
  const json = encodeEvent(sessionId, seq, event);
  return {
    stored: { sessionId, seq, position, type: body.type, level: levelOf(body), at, json },
    bytes: utf8Bytes(json),
    toolExecutionId: body.type === 'log' ? (body.tool_execution_id ?? undefined) : undefined,
  };
};

const sessionMembers = (record: SessionRecord) => ({
  record,
  json: JSON.stringify(record),
  createdAt: millisecondsOf(record.createdAt),
  updatedAt: millisecondsOf(record.updatedAt),
});

const existing = (tables: Tables, sessionId: string): SessionRow => {
  const session = tables.sessions.get(sessionId);
  if (session !== undefined) return session;
  throw new Problem('session-not-found', { detail: `There is no session ${sessionId}.` });
};
