import type {
  AnswerApproval,
  Approval,
  ApprovalQuery,
  Comparison,
  CreateTask,
  Draft,
  DraftInput,
  DraftQuery,
  EventType,
  LaunchedTask,
  Level,
  Page,
  Prompt,
  PromptAccepted,
  ResumeSession,
  ResyncEvent,
  Session,
  SessionEvent,
  SessionQuery,
  Task,
  UnknownEvent,
} from '@agent-harbor/api-contract/schemas';
import type { CallOptions, MutationOptions } from '../call.ts';

/** Which events a subscriber wants, and from where. */
export interface SubscribeOptions extends CallOptions {
  /** Goes on after the event with this id, as given by `StreamItem.id`; from the beginning when absent. */
  readonly after?: string | undefined;
  readonly types?: readonly EventType[] | undefined;
  /** This level and graver ones. */
  readonly level?: Level | undefined;
  /** Only log events of this tool execution. */
  readonly toolExecutionId?: string | undefined;
}

/** One event with the id to resume after it, or the word that history before `oldest` is gone. */
export interface StreamItem {
  readonly id: string;
  readonly event: SessionEvent | UnknownEvent | ResyncEvent;
}

/** What a UI shows first: the saved drafts and the newest sessions. */
export interface InitialTasks {
  readonly drafts: readonly Draft[];
  readonly sessions: readonly Session[];
}

/** A list query as callers write it: every member may be left out. */
export type Query<Parsed> = Partial<Parsed>;

/**
 * What every UI programs against. The in-process Harbor, the REST client and the mock client implement it, and one
 * conformance suite holds for all of them.
 *
 * Every failure is a rejected promise with a `Problem`; nothing is thrown synchronously. Every call takes an
 * `AbortSignal` and rejects with `aborted` when it fires. A call that fails has changed nothing.
 */
export interface TaskManager {
  /** What this implementation is, for people. */
  readonly description: string;

  /**
   * Creates agents × count sessions, all or none, each `queued`. Resolves when they are durable, before any agent runs.
   * Rejects with `invalid-request` (names the fields), `unsupported-choice` (names what the host has).
   */
  launch(request: CreateTask, options?: MutationOptions): Promise<LaunchedTask>;
  /** Rejects with `task-not-found`. */
  getTask(taskId: string, options?: CallOptions): Promise<Task>;
  /**
   * The sessions of a task side by side, the best first, by what they did and by its checks. Rejects with
   * `task-not-found`.
   */
  compareTask(taskId: string, options?: CallOptions): Promise<Comparison>;
  /** Drafts last changed first, sessions newest first, at most 50 of each. */
  initialTasks(options?: CallOptions): Promise<InitialTasks>;

  /** Newest first unless `sort` says otherwise. */
  listSessions(query?: Query<SessionQuery>, options?: CallOptions): Promise<Page<Session>>;
  /** Rejects with `session-not-found`, also for archived sessions unless `archived` is set. */
  getSession(
    sessionId: string,
    options?: CallOptions & { readonly archived?: boolean | undefined },
  ): Promise<Session>;
  /**
   * Asks the session to end: `stopping` at once, `stopped` when its processes are gone, at the latest after the grace
   * period. Resolves when the wish is durable. A session that is stopping already is left alone; one that has ended
   * rejects with `wrong-state`.
   */
  stopSession(sessionId: string, options?: MutationOptions): Promise<void>;
  /**
   * Makes every process of the session stand still: `pausing` at once, `paused` when it is so, and `running` again, with
   * the reason, when it is not so within 20 s. Resolves when the wish is durable. A session that is pausing or paused is
   * left alone, any other than a running one rejects with `wrong-state`. Rejects with `pause-unsupported` where the host
   * cannot. A paused session holds its memory, so it keeps its place among those that run.
   */
  pauseSession(sessionId: string, options?: MutationOptions): Promise<void>;
  /**
   * Lets a paused session go on where it stood: `resuming` at once, then `running`, or `paused` again with the reason.
   * Resolves when the wish is durable. A session that is resuming is left alone, any other than a paused one rejects with
   * `wrong-state`. A prompt is handed over first, so that the agent finds it when it goes on; it is refused as by
   * `promptSession`, and then nothing goes on.
   */
  resumeSession(sessionId: string, resume?: ResumeSession, options?: MutationOptions): Promise<void>;
  /**
   * Tells a running session something. Resolves when it is written down: the agent hears it when the turn that runs is
   * over, in the order taken, once; a `user_input` event says so. Rejects with `payload-too-large` above 16 KiB,
   * `wrong-state` when the session does not run, `session-ended` when it has ended, and `prompt-unsupported` when its
   * agent takes no further prompts.
   */
  promptSession(sessionId: string, prompt: Prompt, options?: MutationOptions): Promise<PromptAccepted>;

  /** What agents ask leave for, the newest first. Rejects with `session-not-found` when it names a session there is not. */
  listApprovals(query?: Query<ApprovalQuery>, options?: CallOptions): Promise<Page<Approval>>;
  /**
   * Answers a permission request; resolves with what it has become, when that is durable. The first answer counts: a
   * request that is answered or expired rejects with `wrong-state`. Rejects with `session-not-found`,
   * `approval-not-found`, and `invalid-request` for an option that was not offered.
   */
  answerApproval(
    sessionId: string,
    approvalId: string,
    answer: AnswerApproval,
    options?: MutationOptions,
  ): Promise<Approval>;

  /**
   * Ends the session at once and archives it: every process is killed, the workspace released. Resolves when that is
   * done. A live session becomes `cancelled`, an ended one keeps its status. Cancelling twice is the same as once.
   */
  cancelSession(sessionId: string, options?: CallOptions): Promise<void>;

  /**
   * The session's events from the first (or after `after`) on: each exactly once and in order, first what is there,
   * then live. Ends when the session is terminal and everything was delivered, or when the signal fires (without an
   * error). Rejects with `session-not-found`, or `invalid-request` for a bad `after`. When the events after `after`
   * are not there any more, the first item is a `resync` event that says where the stream goes on.
   */
  subscribe(sessionId: string, options?: SubscribeOptions): AsyncIterable<StreamItem>;

  /** Last changed first. */
  listDrafts(query?: Query<DraftQuery>, options?: CallOptions): Promise<Page<Draft>>;
  /** Rejects with `draft-not-found`. */
  getDraft(draftId: string, options?: CallOptions): Promise<Draft>;
  /** Saves a new draft; what it leaves out stays open. */
  createDraft(draft: DraftInput, options?: MutationOptions): Promise<Draft>;
  /**
   * Replaces the members that are named. Rejects with `draft-not-found`, or `precondition-failed` when `ifUnchanged`
   * is given and the stored draft is another one.
   */
  updateDraft(
    draftId: string,
    draft: DraftInput,
    options?: CallOptions & { readonly ifUnchanged?: Draft | undefined },
  ): Promise<Draft>;
  /** Rejects with `draft-not-found`. */
  deleteDraft(draftId: string, options?: CallOptions): Promise<void>;
}
