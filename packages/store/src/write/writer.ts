import type { Change, StoredEvent } from '@agent-harbor/core';
import type { Connection } from '../connection.ts';
import { saveApproval } from './approval-rows.ts';
import { deleteDraft, saveDraft, storeReply, useRepository } from './catalogue-rows.ts';
import { appendEvents } from './events.ts';
import { createSession, createTask, saveSession } from './session-rows.ts';

/** Writes changes inside the transaction that is open, and knows what the numbers of the log are at. */
export class Writer {
  /** The last position given. */
  lastPosition = 0;
  /** Changes with every write that lists may show. */
  recordVersion = 0;
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
    this.recordVersion++;
  }

  /** Applies one change. Each finds everything that can be wrong with it before its first write. */
  apply(change: Change): readonly StoredEvent[] {
    const { connection } = this;
    if (change.kind === 'events-appended') {
      const events = appendEvents(connection, change, this.lastPosition);
      this.lastPosition += events.length;
      return events;
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
      case 'draft-saved':
        saveDraft(connection, change);
        break;
      case 'draft-deleted':
        deleteDraft(connection, change);
        break;
      case 'repository-used':
        useRepository(connection, change);
        break;
      case 'reply-stored':
        storeReply(connection, change);
        break;
    }
    return [];
  }
}
