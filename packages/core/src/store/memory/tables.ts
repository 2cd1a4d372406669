import type { ApprovalState } from '@agent-harbor/api-contract/schemas';
import type { SessionRecord } from '../../session/record.ts';
import type { Place } from '../place.ts';
import type { StoredEvent, StoredReply } from '../store.ts';

/** A record as it was written, with what lists and filters read. `json` is what readers get their own copy of. */
export interface Row extends Place {
  readonly json: string;
  readonly tenantId: string | undefined;
}

export interface SessionRow {
  readonly ordinal: number;
  readonly json: string;
  /** For filters only; never handed out. */
  readonly record: SessionRecord;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly words: readonly string[];
  readonly journalOffset: number;
  readonly events: EventRow[];
  readonly dedupeKeys: Set<string>;
}

export interface EventRow {
  readonly stored: StoredEvent;
  /** Of log events. */
  readonly toolExecutionId: string | undefined;
}

interface ApprovalRow extends Place {
  readonly json: string;
  readonly sessionId: string;
  readonly state: ApprovalState;
}

/** Everything a memory store holds. Rows are replaced, never changed, except for the growing lists inside them. */
export interface Tables {
  /** The last ordinal given. */
  ordinal: number;
  readonly tasks: Map<string, Row>;
  readonly sessions: Map<string, SessionRow>;
  /** Every event in the order of positions. */
  readonly events: EventRow[];
  /** By session and id. */
  readonly approvals: Map<string, ApprovalRow>;
  readonly drafts: Map<string, Row>;
  /** By tenant and id; every repository is there once more for those who see all tenants. */
  readonly repositories: Map<string, Row>;
  readonly replies: Map<string, StoredReply>;
}

export const emptyTables = (): Tables => ({
  ordinal: 0,
  tasks: new Map(),
  sessions: new Map(),
  events: [],
  approvals: new Map(),
  drafts: new Map(),
  repositories: new Map(),
  replies: new Map(),
});

/** A key of several parts that cannot be mistaken for other parts. */
export const slot = (...parts: readonly (string | undefined)[]): string => JSON.stringify(parts);
