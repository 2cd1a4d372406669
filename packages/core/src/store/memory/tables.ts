import type { ApprovalState, WebhookDeliveryState } from '@agent-harbor/api-contract/schemas';
import type { ConversationPart } from '../../conversation/row.ts';
import type { SessionRecord } from '../../session/record.ts';
import type { WebhookKey, WebhookLane } from '../../webhook/row.ts';
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
  /** How many of its first events are gone, and the position of the last of them. */
  readonly pruned: number;
  readonly prunedPosition: number;
  /** UTF-8 of the JSON of those that are there. */
  readonly bytes: number;
  readonly events: EventRow[];
  readonly dedupeKeys: Set<string>;
}

export interface EventRow {
  readonly stored: StoredEvent;
  /** UTF-8 of its JSON. */
  readonly bytes: number;
  /** Of log events. */
  readonly toolExecutionId: string | undefined;
}

interface ApprovalRow extends Place {
  readonly json: string;
  readonly sessionId: string;
  readonly state: ApprovalState;
}

interface ConversationJson {
  readonly sessionId: string;
  readonly part: ConversationPart;
  readonly seq: number;
  readonly id: string;
  /** Its value. */
  readonly json: string;
}

interface WebhookRow extends Row {
  readonly taskId: string | undefined;
  readonly keys: readonly WebhookKey[];
}

/** A message of a webhook. */
interface DeliveryRow extends Place {
  readonly json: string;
  readonly webhookId: string;
  readonly sessionId: string;
  readonly seq: number;
  readonly state: WebhookDeliveryState;
}

/** Everything a memory store holds. Rows are replaced, never changed, except for the growing lists inside them. */
export interface Tables {
  /** The last ordinal given. */
  ordinal: number;
  readonly tasks: Map<string, Row>;
  readonly sessions: Map<string, SessionRow>;
  /** Every event in the order of positions; what was pruned leaves its place empty, so that a position is an index. */
  readonly events: (EventRow | undefined)[];
  /** The highest position that was pruned, by tenant, and once more for those who see all tenants. */
  readonly floors: Map<string, number>;
  /** By session and id. */
  readonly approvals: Map<string, ApprovalRow>;
  /** By session, part, event and id. */
  readonly conversations: Map<string, ConversationJson>;
  readonly webhooks: Map<string, WebhookRow>;
  /** By webhook and session. */
  readonly lanes: Map<string, WebhookLane>;
  /** By webhook, session and number. */
  readonly deliveries: Map<string, DeliveryRow>;
  /** How far the log was looked at for webhooks, under the empty name. */
  readonly noticed: Map<string, number>;
  readonly drafts: Map<string, Row>;
  /** By tenant and id; every repository is there once more for those who see all tenants. */
  readonly repositories: Map<string, Row>;
  /** By tenant, project and repository: the key of the repository. */
  readonly repositoryProjects: Map<string, string>;
  /** By tenant and id. */
  readonly projects: Map<string, Row>;
  readonly replies: Map<string, StoredReply>;
}

export const emptyTables = (): Tables => ({
  ordinal: 0,
  tasks: new Map(),
  sessions: new Map(),
  events: [],
  floors: new Map(),
  approvals: new Map(),
  conversations: new Map(),
  webhooks: new Map(),
  lanes: new Map(),
  deliveries: new Map(),
  noticed: new Map(),
  drafts: new Map(),
  repositories: new Map(),
  repositoryProjects: new Map(),
  projects: new Map(),
  replies: new Map(),
});

/** A key of several parts that cannot be mistaken for other parts. */
export const slot = (...parts: readonly (string | undefined)[]): string => JSON.stringify(parts);
