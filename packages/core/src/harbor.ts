import type {
  AddAttachments,
  AnswerApproval,
  Approval,
  ChatMessage,
  CreatedThread,
  CreateTask,
  CreateThread,
  DeliverSession,
  DeliveryOutcome,
  Draft,
  DraftInput,
  EventBody,
  EventQuery,
  IdeLink,
  ImportRepository,
  LaunchedTask,
  LogPage,
  LogQuery,
  MessageAttachments,
  OpenIde,
  Page,
  Prompt,
  PromptAccepted,
  ReplyPage,
  Repository,
  ResumeSession,
  SendMessage,
  SessionContext,
  SessionEvent,
  SessionQuery,
  UpdateContext,
} from '@agent-harbor/api-contract/schemas';
import type { CallOptions, LocalOptions, MutationOptions } from './call.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import type { Conversations } from './conversation/conversations.ts';
import type { Deliveries } from './delivery/deliveries.ts';
import type { Idempotency } from './idempotency.ts';
import type { Scope } from './scope.ts';
import type { EventReader, ReaderRequest } from './stream/reader.ts';
import type { Query, TaskManager } from './task/task-manager.ts';
import type { Family } from './telemetry/family.ts';
import type { LocalTerminals } from './terminal/terminals.ts';
import type { LocalWebhooks } from './webhook/webhooks.ts';
import type { Workspaces } from './workspace/workspaces.ts';

/** The ports as one caller sees them, with what only a caller inside the process can ask for. */
export interface LocalTaskManager extends TaskManager {
  /** `getSession` as JSON text: what is sent on need not be read. */
  sessionText(sessionId: string, options?: CallOptions & { readonly archived?: boolean }): Promise<string>;
  /** `listSessions` as JSON text. */
  sessionsText(query?: Query<SessionQuery>, options?: CallOptions): Promise<string>;
  launch(request: CreateTask, options?: MutationOptions & LocalOptions<LaunchedTask>): Promise<LaunchedTask>;
  stopSession(sessionId: string, options?: MutationOptions & LocalOptions<void>): Promise<void>;
  pauseSession(sessionId: string, options?: MutationOptions & LocalOptions<void>): Promise<void>;
  resumeSession(
    sessionId: string,
    resume?: ResumeSession,
    options?: MutationOptions & LocalOptions<void>,
  ): Promise<void>;
  promptSession(
    sessionId: string,
    prompt: Prompt,
    options?: MutationOptions & LocalOptions<PromptAccepted>,
  ): Promise<PromptAccepted>;
  answerApproval(
    sessionId: string,
    approvalId: string,
    answer: AnswerApproval,
    options?: MutationOptions & LocalOptions<Approval>,
  ): Promise<Approval>;
  createDraft(draft: DraftInput, options?: MutationOptions & LocalOptions<Draft>): Promise<Draft>;
}

/** The same for what is said in sessions. */
export interface LocalConversations extends Conversations {
  /** A reader of the reply to a message that is in the log: its frames in the place of events. */
  openReply(
    sessionId: string,
    messageId: string,
    options?: CallOptions & { readonly after?: string | undefined },
  ): Promise<EventReader>;
  /** What there is of the reply now. */
  replyPage(
    sessionId: string,
    messageId: string,
    options?: CallOptions & { readonly after?: string | undefined },
  ): Promise<ReplyPage>;
  sendMessage(
    sessionId: string,
    message: SendMessage,
    options?: MutationOptions & LocalOptions<ChatMessage>,
  ): Promise<ChatMessage>;
  /**
   * Rejects with `precondition-failed` when `ifUnchanged` is given and the context is another one: it also changes with
   * what the agent does.
   */
  updateContext(
    sessionId: string,
    update: UpdateContext,
    options?: CallOptions & { readonly ifUnchanged?: SessionContext | undefined },
  ): Promise<SessionContext>;
  addAttachments(
    sessionId: string,
    messageId: string,
    wish: AddAttachments,
    options?: MutationOptions & LocalOptions<MessageAttachments>,
  ): Promise<MessageAttachments>;
  createThread(
    sessionId: string,
    thread: CreateThread,
    options?: MutationOptions & LocalOptions<CreatedThread>,
  ): Promise<CreatedThread>;
  retryMessage(
    sessionId: string,
    messageId: string,
    options?: MutationOptions & LocalOptions<ChatMessage>,
  ): Promise<ChatMessage>;
}

/** The same for the catalogue. */
export interface LocalCatalogue extends Catalogue {
  importRepository(
    repository: ImportRepository,
    options?: MutationOptions & LocalOptions<Repository>,
  ): Promise<Repository>;
}

/** The same for the files of sessions. */
export interface LocalWorkspaces extends Workspaces {
  openIde(
    sessionId: string,
    wish: OpenIde,
    options?: MutationOptions & LocalOptions<IdeLink>,
  ): Promise<IdeLink>;
}

/** The same for taking work home. */
export interface LocalDeliveries extends Deliveries {
  deliver(
    sessionId: string,
    wish?: DeliverSession,
    options?: MutationOptions & LocalOptions<DeliveryOutcome>,
  ): Promise<DeliveryOutcome>;
}

/** Reading the event log. */
export interface EventLog {
  /** A reader for a stream: of one session, or of all in scope. Rejects with `session-not-found`, `invalid-request`. */
  open(request: ReaderRequest): Promise<EventReader>;
  /** Paged history, newest first unless `sort` is asc. */
  history(sessionId: string | undefined, query: Query<EventQuery>): Promise<Page<SessionEvent>>;
  /** The session's log lines, oldest first; the last `tail` of them. */
  logs(sessionId: string, query: Query<LogQuery>): Promise<LogPage>;
}

/** Every port within one scope. */
export interface HarborView {
  readonly tasks: LocalTaskManager;
  readonly workspaces: LocalWorkspaces;
  readonly catalogue: LocalCatalogue;
  readonly conversations: LocalConversations;
  readonly terminals: LocalTerminals;
  readonly webhooks: LocalWebhooks;
  readonly deliveries: LocalDeliveries;
  readonly events: EventLog;
}

/** The whole product without a skin: rules over a store, an executor, a clock and an id source. */
export interface Harbor extends HarborView {
  /** The same ports, restricted to what a caller may see. `tasks`, `events` … above see the whole host. */
  within(scope: Scope): HarborView;
  readonly idempotency: Idempotency;
  /** Goes on with what a former process left: queued sessions wait again, running ones are re-attached. */
  resume(): Promise<void>;
  /**
   * Appends to a session's log past its agent, by the way the events of an agent take. Resolves with the last number in
   * the log when the events are durable. No caller can ask for it from outside: measurements and fault tests do.
   */
  append(sessionId: string, bodies: readonly EventBody[]): Promise<number>;
  /** How many of what there is now: for whoever counts. */
  figures(): Promise<readonly Family[]>;
  /** Why the service cannot do its work now; empty when it can. */
  readiness(): Promise<readonly string[]>;
  /**
   * Stops scheduling, ends every stream, lets the journals' last batches become durable. Agents go on unless
   * `stopSessions` is set.
   */
  close(options?: { readonly stopSessions?: boolean }): Promise<void>;
}
