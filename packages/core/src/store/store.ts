import type {
  Approval,
  ApprovalState,
  Draft,
  EventType,
  Level,
  Page,
  Project,
  Repository,
  ScmProvider,
  SessionQuery,
  SessionStatus,
  SessionWorkspace,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryState,
} from '@agent-harbor/api-contract/schemas';
import type { ConversationPart, ConversationRow } from '../conversation/row.ts';
import type { NewEvent } from '../executor/executor.ts';
import type { PageRequest } from '../page.ts';
import type { Scope } from '../scope.ts';
import type { SessionRecord, TaskRecord } from '../session/record.ts';
import type { WebhookCounts, WebhookFilter, WebhookKey, WebhookLane } from '../webhook/row.ts';
import type { Place } from './place.ts';

/** An event in the log. `json` is the wire form, encoded once. */
export interface StoredEvent {
  readonly sessionId: string;
  /** 1, 2, 3 … within the session, without gaps. */
  readonly seq: number;
  /** Grows over all sessions of the store, may have gaps. */
  readonly position: number;
  readonly type: EventType;
  readonly level: Level;
  /** When it happened, milliseconds since the epoch. */
  readonly at: number;
  readonly json: string;
}

/** A session with its place in log and journal. */
export interface StoredSession {
  readonly record: SessionRecord;
  /** The sequence number of its last event; 0 when it has none. */
  readonly lastSeq: number;
  /** How far its journal is in the log. */
  readonly journalOffset: number;
}

/** The stored answer to a request with an Idempotency-Key. */
export interface StoredReply {
  /** Caller and route: a key means nothing outside them. */
  readonly scope: string;
  readonly key: string;
  /** Digest of the request; another one under the same key is refused. */
  readonly fingerprint: string;
  /** The reply as JSON. */
  readonly reply: string;
  /** When it was stored and when it may be forgotten, milliseconds since the epoch. */
  readonly storedAt: number;
  readonly expiresAt: number;
}

/** One write. All changes of a commit happen together or not at all. */
export type Change =
  | { readonly kind: 'task-created'; readonly task: TaskRecord }
  | { readonly kind: 'session-created'; readonly session: SessionRecord }
  /** Replaces the record; its log and journal offset stay. */
  | { readonly kind: 'session-saved'; readonly session: SessionRecord }
  /**
   * Gives each event the session's next sequence number. Skipped as a whole when `journalOffset` is not beyond the
   * stored one, or `dedupeKey` was used before in this session.
   */
  | {
      readonly kind: 'events-appended';
      readonly sessionId: string;
      readonly events: readonly NewEvent[];
      readonly journalOffset?: number;
      readonly dedupeKey?: string;
    }
  /**
   * Takes the oldest events of a session out of its log, one after another for as long as a reason holds: its number is
   * at most `through`, it happened before `before` (milliseconds), or the log is larger than `maxBytes`. The newest event
   * stays whatever is asked. Rows of the conversation go with the events they are about. One change takes a bounded number (see `pruneStep`); `sessionLog` says what is left.
   */
  | {
      readonly kind: 'events-pruned';
      readonly sessionId: string;
      readonly through?: number | undefined;
      readonly before?: number | undefined;
      readonly maxBytes?: number | undefined;
    }
  /** Makes the permission request, or replaces the one with its id in its session. */
  | { readonly kind: 'approval-saved'; readonly approval: Approval }
  /** Makes the row of a conversation, or replaces the one with its part, event and id. */
  | {
      readonly kind: 'conversation-saved';
      readonly sessionId: string;
      readonly row: ConversationRow;
    }
  /** Drops the rows of one part about one event. */
  | {
      readonly kind: 'conversation-deleted';
      readonly sessionId: string;
      readonly part: ConversationPart;
      readonly seq: number;
    }
  /** Makes the webhook or replaces it; its keys stay when none are given. */
  | {
      readonly kind: 'webhook-saved';
      readonly webhook: Webhook;
      readonly keys?: readonly WebhookKey[] | undefined;
    }
  /** Drops the webhook with its keys, lanes and deliveries. */
  | { readonly kind: 'webhook-deleted'; readonly id: string }
  /** Everything up to this position was looked at for webhooks. */
  | { readonly kind: 'webhooks-noticed'; readonly position: number }
  /** Makes the lane or replaces it; that there is no such webhook any more is no failure. */
  | { readonly kind: 'webhook-lane-saved'; readonly lane: WebhookLane }
  /**
   * Makes the delivery, or replaces the one of its webhook, session and number; the oldest beyond `keptDeliveries` go.
   * That there is no such webhook any more is no failure.
   */
  | { readonly kind: 'webhook-delivery-saved'; readonly delivery: WebhookDelivery }
  | { readonly kind: 'draft-saved'; readonly draft: Draft }
  | { readonly kind: 'draft-deleted'; readonly id: string }
  /** Makes the repository known to the host and to the tenant, or replaces what is known; in a project from now on. */
  | {
      readonly kind: 'repository-used';
      readonly repository: Repository;
      readonly tenantId?: string | undefined;
      readonly projectId?: string | undefined;
    }
  /** Forgets it: for this tenant, and for the host when no other tenant uses it; for everybody without a tenant. */
  | {
      readonly kind: 'repository-removed';
      readonly id: string;
      readonly tenantId?: string | undefined;
    }
  /** Makes the project, or moves on when it was last used. */
  | {
      readonly kind: 'project-used';
      readonly id: string;
      readonly tenantId?: string | undefined;
      /** Milliseconds. */
      readonly at: number;
    }
  /**
   * Fails the whole commit with `idempotency-in-progress` when the scope and key exist and have not expired at
   * `storedAt`. Replies that have are forgotten on the way.
   */
  | { readonly kind: 'reply-stored'; readonly reply: StoredReply };

/** How a commit is made. */
export interface CommitOptions {
  /**
   * It ends or deletes something, or says what has happened already: it may use what the store keeps back for when the
   * disk is full. All else is `storage-full` then.
   */
  readonly isUrgent?: boolean;
}

/** Which events to read: of one session, or of all in scope. */
export interface EventSelection {
  readonly scope: Scope;
  readonly sessionId?: string;
  /** Exclusive bound: `seq` with a session, `position` without. */
  readonly after?: number;
  /** Exclusive upper bound, same number. */
  readonly before?: number;
  readonly types?: readonly EventType[] | undefined;
  /** This level and graver ones. */
  readonly level?: Level | undefined;
  /** Inclusive bounds on the event's time, milliseconds. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Only log events of this tool execution. */
  readonly toolExecutionId?: string | undefined;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  /** The page ends before the JSON exceeds this many bytes, but holds at least one event. */
  readonly maxBytes: number;
}

/** What is in a log: of one session, numbered by `seq`, or of all in scope, numbered by `position`. */
export interface EventBounds {
  /** The first number that is still there. */
  readonly oldest: number;
  readonly newest: number;
  /**
   * The highest number that was pruned; 0 when none was. Nothing behind it is missing. Over several sessions some of what
   * is before it may still be there.
   */
  readonly pruned: number;
}

/** Events of one session that follow each other, as text. */
export interface EventLines {
  /** The sequence number of the first of them. */
  readonly first: number;
  readonly count: number;
  /** The JSON of each, with a line feed between. */
  readonly text: string;
}

/** What the log of a session takes, and how far it is pruned. */
export interface SessionLog {
  readonly sessionId: string;
  readonly status: SessionStatus;
  /** When the record last changed (of a session that ended: when it did), and its place in that order. */
  readonly updated: Place;
  /** Events up to this number are gone. */
  readonly pruned: number;
  readonly lastSeq: number;
  /** UTF-8 of the JSON of the events that are there. */
  readonly bytes: number;
  /** When the oldest of them happened, milliseconds. */
  readonly oldestAt: number;
  /** How far its journal is in the log. */
  readonly journalOffset: number;
}

/** What a log may hold; what is undefined is not bounded. */
export interface LogLimits {
  /** No event from before this time, milliseconds. */
  readonly before?: number | undefined;
  readonly events?: number | undefined;
  readonly bytes?: number | undefined;
}

/** Which sessions to list. */
export type SessionFilter = Omit<SessionQuery, 'page' | 'perPage' | 'cursor' | 'sort'> & {
  /** Only those whose workspace is in one of these states. */
  readonly workspace?: readonly SessionWorkspace['state'][] | undefined;
};

/** Which repositories to list. */
export interface RepositoryFilter {
  readonly projectId?: string | undefined;
  readonly provider?: ScmProvider | undefined;
  /** What stands in the name or the url; ASCII letters in either case. */
  readonly q?: string | undefined;
}

/** Which permission requests to list. */
export interface ApprovalFilter {
  readonly sessionId?: string | undefined;
  readonly state?: ApprovalState | undefined;
}

/** Which deliveries of a webhook to list. */
export interface DeliveryFilter {
  readonly state?: WebhookDeliveryState | undefined;
  readonly sessionId?: string | undefined;
}

/** Which rows of a conversation: those about the events from one number through another, both included. */
export interface ConversationRange {
  readonly from?: number | undefined;
  readonly through?: number | undefined;
}

/**
 * Where the truth lies. A commit that resolved is durable. One process owns a store at a time. Reads see every commit
 * that resolved before them. Failures are `Problem`s: `storage-full`, `not-ready`, `invalid-request` (a bad cursor).
 */
export interface Store {
  /** Changes when history was lost; part of every event id. Short ASCII without a dash. */
  readonly epoch: string;
  /** Applies all changes or none; resolves when durable, with the events in log order. */
  commit(changes: readonly Change[], options?: CommitOptions): Promise<readonly StoredEvent[]>;

  /** The task with this id; undefined when there is none in scope. */
  task(scope: Scope, id: string): Promise<TaskRecord | undefined>;
  /** Archived sessions are found too. */
  session(scope: Scope, id: string): Promise<StoredSession | undefined>;
  /** The sessions of a task in the order they were made. */
  sessionsOfTask(scope: Scope, taskId: string): Promise<readonly StoredSession[]>;
  /** Archived ones only with `archived: 'true'` (then archived and others). */
  sessions(
    scope: Scope,
    filter: SessionFilter,
    sort: SessionQuery['sort'],
    page: PageRequest,
  ): Promise<Page<StoredSession>>;
  /** The record of a session as the JSON text it is kept as, for whoever hands it on and looks at little of it. */
  sessionText(scope: Scope, id: string): Promise<string | undefined>;
  /** The same page as `sessions` gives, in such texts. */
  sessionTexts(
    scope: Scope,
    filter: SessionFilter,
    sort: SessionQuery['sort'],
    page: PageRequest,
  ): Promise<Page<string>>;
  /** Every session that is not terminal, oldest first: what a restart goes on with. */
  liveSessions(): Promise<readonly StoredSession[]>;

  /** A permission request of a session in scope, archived or not. */
  approval(scope: Scope, sessionId: string, id: string): Promise<Approval | undefined>;
  /** Permission requests, the newest first. */
  approvals(scope: Scope, filter: ApprovalFilter, page: PageRequest): Promise<Page<Approval>>;

  /** The rows of one part of a session's conversation, by event and id; none of a session that is not in scope. */
  conversation<Part extends ConversationPart>(
    scope: Scope,
    sessionId: string,
    part: Part,
    range?: ConversationRange,
  ): Promise<readonly ConversationRow<Part>[]>;

  /** The events selected, in order. */
  events(selection: EventSelection): Promise<readonly StoredEvent[]>;
  /**
   * The events of one session after a number as text, at most `maxBytes` of it but at least one; undefined when there are
   * none, or when there is a gap behind the number: `eventBounds` tells. The cheapest way to read a log.
   */
  eventLines(
    scope: Scope,
    sessionId: string,
    after: number,
    maxBytes: number,
  ): Promise<EventLines | undefined>;
  /** How many events match, counted up to 10,001. */
  countEvents(selection: Omit<EventSelection, 'limit' | 'maxBytes' | 'order'>): Promise<number>;
  /** First and last number in the log (seq or position), and the highest that was pruned; null when it is empty. */
  eventBounds(scope: Scope, sessionId?: string): Promise<EventBounds | null>;

  /** What the events of all sessions take: the UTF-8 of their JSON. Costs the same however many there are. */
  usage(): Promise<{ readonly bytes: number }>;
  /** What the log of a session takes; undefined when there is no such session. */
  sessionLog(sessionId: string): Promise<SessionLog | undefined>;
  /**
   * Looks at a bounded number of logs from `after` (0 at first) on and gives those that are beyond a limit and could be
   * pruned. `next` is where to go on; null at the end.
   */
  logsBeyond(
    limits: LogLimits,
    after: number,
  ): Promise<{ readonly logs: readonly SessionLog[]; readonly next: number | null }>;
  /** The logs of all sessions, the one whose record changed longest ago first, at most `limit` of them behind `after`. */
  logsByUpdate(after: Place | undefined, limit: number): Promise<readonly SessionLog[]>;

  /** The webhook with this id; undefined when there is none in scope. */
  webhook(scope: Scope, id: string): Promise<Webhook | undefined>;
  /** Webhooks in scope, the newest first. */
  webhooks(scope: Scope, filter: WebhookFilter, page: PageRequest): Promise<Page<Webhook>>;
  /** The webhooks of a task, or, without one, those of no task: at most 1,000, the oldest first. */
  webhooksFor(taskId: string | undefined): Promise<readonly Webhook[]>;
  /** What a webhook signs with; empty when there is no such webhook. */
  webhookKeys(id: string): Promise<readonly WebhookKey[]>;
  /** How far the log was looked at for webhooks; null when it never was. */
  noticedPosition(): Promise<number | null>;
  /** How far a webhook got with a session; undefined when it never heard of it. */
  webhookLane(webhookId: string, sessionId: string): Promise<WebhookLane | undefined>;
  /** Lanes with something to send, the one that is due first first. */
  lanesDue(webhookId: string, limit: number): Promise<readonly WebhookLane[]>;
  /** The ids of the webhooks that have something to send. */
  webhooksBehind(): Promise<readonly string[]>;
  /** Of one webhook, or of all together. */
  webhookCounts(webhookId?: string): Promise<WebhookCounts>;
  /** The delivery of one event of a session; undefined when it was never tried, or is kept no longer. */
  webhookDelivery(webhookId: string, sessionId: string, seq: number): Promise<WebhookDelivery | undefined>;
  /** The delivery of the lane with the lowest number that is `queued`. */
  queuedDelivery(webhookId: string, sessionId: string): Promise<WebhookDelivery | undefined>;
  /** The deliveries of a webhook, the one that was tried first last. */
  webhookDeliveries(
    webhookId: string,
    filter: DeliveryFilter,
    page: PageRequest,
  ): Promise<Page<WebhookDelivery>>;

  /** The draft with this id; undefined when there is none in scope. */
  draft(scope: Scope, id: string): Promise<Draft | undefined>;
  /** The drafts in scope, last changed first. */
  drafts(scope: Scope, page: PageRequest): Promise<Page<Draft>>;
  /** The repository with this id; undefined when there is none in scope. */
  repository(scope: Scope, id: string): Promise<Repository | undefined>;
  /** The repositories in scope, last used first. */
  repositories(scope: Scope, filter: RepositoryFilter, page: PageRequest): Promise<Page<Repository>>;
  /** The projects in scope, last used first. Two tenants may have one of the same name each. */
  projects(scope: Scope, page: PageRequest): Promise<Page<Project>>;
  /** The stored reply; undefined when there is none or it has expired at `now`. */
  reply(scope: string, key: string, now: number): Promise<StoredReply | undefined>;

  /** Why writes would fail now; empty when they would not. */
  readiness(): Promise<readonly string[]>;
  /** Lets the last commits finish and frees what the store holds; commits and reads after it are `not-ready`. */
  close(): Promise<void>;
}
