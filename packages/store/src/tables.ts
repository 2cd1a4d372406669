import type {
  AgentType,
  ApprovalState,
  EventType,
  Level,
  SessionStatus,
  SessionWorkspace,
  WebhookDeliveryState,
} from '@agent-harbor/api-contract/schemas';
import type { ConversationPart } from '@agent-harbor/core';
import {
  DummyDriver,
  type GeneratedAlways,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely';

/** The tables as the migrations make them; every table is STRICT, so columns hold what is said here. */
export interface Tables {
  meta: { name: string; value: string };
  tasks: {
    ordinal: GeneratedAlways<number>;
    id: string;
    tenant: string | null;
    record: string;
    checksum: number;
  };
  sessions: {
    ordinal: GeneratedAlways<number>;
    id: string;
    task: string;
    tenant: string | null;
    project: string | null;
    agent: AgentType;
    repo: string | null;
    status: SessionStatus;
    workspace: SessionWorkspace['state'];
    archived: number;
    created_at: number;
    updated_at: number;
    labels: string;
    prompt_digest: string;
    record: string;
    checksum: number;
  };
  session_labels: { session: number; name: string; value: string };
  session_words: { rowid: number; words: string };
  session_logs: {
    session: number;
    last_seq: number;
    journal_offset: number;
    chain: number;
    pruned_seq: number;
    pruned_chain: number;
    seal: number;
    bytes: number;
    oldest_at: number;
    pruned_position: number;
  };
  log_usage: { id: number; bytes: number };
  log_floors: { tenant: string; position: number };
  events: {
    session: number;
    seq: number;
    position: number;
    type: EventType;
    level: Level;
    at: number;
    tool_execution_id: string | null;
    chain: number;
    json: string;
  };
  event_keys: { session: number; key: string };
  approvals: {
    ordinal: GeneratedAlways<number>;
    session: number;
    id: string;
    tenant: string | null;
    state: ApprovalState;
    requested_at: number;
    record: string;
    checksum: number;
  };
  conversation: {
    session: number;
    part: ConversationPart;
    seq: number;
    id: string;
    record: string;
    checksum: number;
  };
  webhooks: {
    ordinal: GeneratedAlways<number>;
    id: string;
    tenant: string | null;
    task: string | null;
    created_at: number;
    record: string;
    checksum: number;
  };
  webhook_keys: { webhook: number; record: string; checksum: number };
  webhook_notice: { id: number; position: number };
  webhook_lanes: {
    webhook: number;
    session: string;
    after_seq: number;
    up_to: number;
    due_at: number | null;
    since: number | null;
    has_queued: number;
    checksum: number;
  };
  webhook_deliveries: {
    ordinal: GeneratedAlways<number>;
    webhook: number;
    session: string;
    seq: number;
    state: WebhookDeliveryState;
    at: number;
    record: string;
    checksum: number;
  };
  drafts: {
    ordinal: GeneratedAlways<number>;
    id: string;
    tenant: string | null;
    updated_at: number;
    record: string;
    checksum: number;
  };
  repositories: {
    ordinal: GeneratedAlways<number>;
    tenant: string;
    id: string;
    last_used_at: number;
    record: string;
    checksum: number;
  };
  repository_projects: { tenant: string; project: string; repository: string };
  projects: {
    ordinal: GeneratedAlways<number>;
    tenant: string;
    id: string;
    last_used_at: number;
    record: string;
    checksum: number;
  };
  replies: {
    scope: string;
    key: string;
    fingerprint: string;
    stored_at: number;
    expires_at: number;
    reply: string;
    checksum: number;
  };
}

/** Builds queries and never runs them: a connection does, with statements it keeps. */
export const build = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** The place of a value in a query that is built once and run often; the values are given by name. */
export const slot = <Value>(name: string) => sql<Value>`${sql.raw(`@${name}`)}`;

/**
 * Text as it is stored where it is compared. SQLite holds UTF-8, in which every lone surrogate would become the same
 * replacement character; NUL, which no caller may send, keeps the escaped form apart from all other text.
 */
export const comparable = (text: string): string =>
  text.isWellFormed() ? text : `\u0000${JSON.stringify(text)}`;
