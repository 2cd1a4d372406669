import type { Change, StoredEvent } from '@agent-harbor/core';
import type { Connection } from '../connection.ts';
import { pruneEvents } from '../prune/prune-events.ts';
import { saveApproval } from './approval-rows.ts';
import {
  deleteDraft,
  removeRepository,
  saveDraft,
  storeReply,
  useProject,
  useRepository,
} from './catalogue-rows.ts';
import { deleteConversationRows, saveConversationRow } from './conversation-rows.ts';
import { appendEvents, LogRows } from './events.ts';
import { createSession, createTask, saveSession } from './session-rows.ts';

import { deleteWebhook, saveDelivery, saveLane, saveNotice, saveWebhook } from './webhook-rows.ts';

/** The numbers of the log that a transaction may have to take back. */
export interface LogNumbers {
  /** The last position given. */
  readonly lastPosition: number;
  /** UTF-8 of the JSON of every event there is. */
  readonly bytes: number;
}

const writeUsage = 'UPDATE log_usage SET bytes = ?';

/** Writes changes inside the transaction that is open, and knows what the numbers of the log are at. */
export class Writer {
  /** The last position given. */
  lastPosition = 0;
  /** UTF-8 of the JSON of every event there is. */
  bytes = 0;
  /** What of it is written down, as far as that is known. */
  private writtenBytes: number | undefined;
  /** Changes with every write that lists may show. */
  recordVersion = 0;
  private readonly logs = new LogRows();
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
    this.reload();
  }

  /** Reads the numbers again from what is committed. */
  reload(): void {
    const newest = this.connection.get<{ position: number | null }>(
      'SELECT max(position) AS position FROM events',
    );
    this.lastPosition = newest?.position ?? 0;
    this.bytes = this.connection.get<{ bytes: number }>('SELECT bytes FROM log_usage')?.bytes ?? 0;
    this.writtenBytes = this.bytes;
    this.logs.forgetAll();
    this.recordVersion++;
  }

  get numbers(): LogNumbers {
    return { lastPosition: this.lastPosition, bytes: this.bytes };
  }

  /** Goes back to what held before writes that are taken back. */
  backTo({ lastPosition, bytes }: LogNumbers): void {
    this.lastPosition = lastPosition;
    this.bytes = bytes;
    this.writtenBytes = undefined;
    this.logs.forgetAll();
  }

  /** Writes down what the transaction changed in sum: once for all appends in it. */
  writeSums(): void {
    if (this.bytes !== this.writtenBytes) this.connection.run(writeUsage, [this.bytes]);
    this.writtenBytes = this.bytes;
  }

  /** Applies one change. Each finds everything that can be wrong with it before its first write. */
  apply(change: Change): readonly StoredEvent[] {
    const { connection } = this;
    if (change.kind === 'events-appended') {
      const { events, bytes } = appendEvents(connection, change, this.lastPosition, this.logs);
      this.lastPosition += events.length;
      this.bytes += bytes;
      return events;
    }
    if (change.kind === 'events-pruned') {
      this.logs.forget(change.sessionId);
      this.bytes -= pruneEvents(connection, change);
      return [];
    }
    // No list shows these two.
    if (change.kind === 'webhooks-noticed') {
      saveNotice(connection, change);
      return [];
    }
    if (change.kind === 'webhook-lane-saved') {
      saveLane(connection, change);
      return [];
    }
    this.recordVersion++;
    switch (change.kind) {
      case 'task-created':
        createTask(connection, change);
        break;
      case 'session-created':
        createSession(connection, change);
        break;
      case 'session-saved':
        saveSession(connection, change);
        break;
      case 'approval-saved':
        saveApproval(connection, change);
        break;
      case 'conversation-saved':
        saveConversationRow(connection, change);
        break;
      case 'conversation-deleted':
        deleteConversationRows(connection, change);
        break;
      case 'webhook-saved':
        saveWebhook(connection, change);
        break;
      case 'webhook-deleted':
        deleteWebhook(connection, change);
        break;
      case 'webhook-delivery-saved':
        saveDelivery(connection, change);
        break;
      case 'draft-saved':
        saveDraft(connection, change);
        break;
      case 'draft-deleted':
        deleteDraft(connection, change);
        break;
      case 'repository-used':
        useRepository(connection, change);
        break;
      case 'repository-removed':
        removeRepository(connection, change);
        break;
      case 'project-used':
        useProject(connection, change);
        break;
      case 'reply-stored':
        storeReply(connection, change);
        break;
    }
    return [];
  }
}
