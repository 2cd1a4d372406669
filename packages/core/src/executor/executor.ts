import type {
  Agent,
  AgentDescription,
  AgentType,
  ApprovalPolicy,
  CreateTask,
  EventBody,
  ExecutorDescription,
  JsonObject,
  Prompt,
  RepoInput,
  RuntimeDescription,
  TerminalFrame,
  TerminalSize,
} from '@agent-harbor/api-contract/schemas';
import type { DiskUse, FileWish, RepositoryRefs, TrackedFiles } from './repositories.ts';
import type { WorkspaceFiles } from './workspace-files.ts';
import type { WorkspaceLook } from './workspace-look.ts';

/** A check: the line it is known by, and the program with its arguments. */
export interface CheckRun {
  readonly command: string;
  readonly argv: readonly string[];
}

/** Everything an executor needs to know to run one session. */
export interface Run {
  readonly sessionId: string;
  readonly taskId: string;
  readonly prompt: Prompt;
  readonly repo: RepoInput;
  readonly agent: Agent;
  /** The branch the work is delivered to; null when it is not delivered. */
  readonly deliverTo: string | null;
  /** How permission requests of the agent are met. */
  readonly approvals: ApprovalPolicy;
  /** How long an agent that has nothing to do waits for the next prompt before it is ended, milliseconds. */
  readonly idleTimeoutMs: number;
  /** What tells whether the work is good: run one after another in the workspace when the agent has ended well. */
  readonly checks: readonly CheckRun[];
  /** The place in a trace of what this call belongs to: the agent's environment has it as `TRACEPARENT`. */
  readonly traceparent?: string | undefined;
}

/** A prompt for an agent that runs. A prompt sent again with the same id is taken once. */
export interface FurtherPrompt {
  readonly id: string;
  readonly prompt: Prompt;
  /** Who says it, for the event. */
  readonly author: string;
  /** The model the agent is to use from this prompt on, one of those it offers; an agent that cannot says so in its log. */
  readonly model?: string | undefined;
}

/** An answer to a permission request. An answer sent again with the same id is taken once. */
export interface PermissionAnswer {
  readonly id: string;
  readonly approvalId: string;
  /** One of the options offered, or what the first option that fits is taken for. */
  readonly choice: { readonly optionId: string } | { readonly outcome: 'allowed' | 'denied' };
  readonly by: string;
  readonly note?: string | undefined;
}

/** What is typed into a terminal. Input sent again with the same id is typed once. */
export interface TerminalTyping {
  readonly id: string;
  /** The bytes in base64. */
  readonly data: string;
}

/** A new size of a terminal. */
export interface TerminalResizing extends TerminalSize {
  readonly id: string;
}

/** Frames of a terminal that follow each other without a gap. */
export interface TerminalBatch {
  /** The number of the first of them; a terminal's first frame is 1. */
  readonly first: number;
  readonly frames: readonly TerminalFrame[];
}

/** A workspace that is ready for its agent. */
export interface ProvisionedWorkspace {
  /** The directory the agent works in, as the host names it. */
  readonly path: string;
  /** The commit the work starts from; null without a repository. */
  readonly baseCommit: string | null;
  /** The branch the work starts from, when there is one. */
  readonly branch: string | null;
}

/** An event as it was recorded, before the log gave it a sequence number. */
export interface NewEvent {
  /** When it happened, milliseconds since the epoch. */
  readonly at: number;
  readonly body: EventBody;
}

/** How an agent's run ended. */
export type AgentExit =
  /** The program ended by itself. `lastOutput` is the tail of what it printed, for failures. */
  | { readonly kind: 'exited'; readonly code: number; readonly lastOutput?: string }
  /** A signal ended it that we did not send. */
  | { readonly kind: 'signalled'; readonly signal: string; readonly lastOutput?: string }
  /** A turn-based agent finished its turn. */
  | {
      readonly kind: 'turn-ended';
      readonly stopReason: 'end_turn' | 'max_tokens' | 'max_turn_requests' | 'refusal' | 'cancelled';
    }
  /** We ended it: stop or kill. */
  | { readonly kind: 'ended-by-us' }
  /** It could not be started, or its recorder died and the end was not written down. */
  | { readonly kind: 'lost'; readonly reason: string };

/** What an executor hands over from a session's journal, in order. */
export interface JournalBatch {
  readonly events: readonly NewEvent[];
  /** The journal offset after the last event; never shrinks. */
  readonly offset: number;
  /** Present on the last batch only. */
  readonly exit?: AgentExit;
}

/** How the work is taken home. */
export interface DeliveryWish {
  /** `patch` only keeps the result: nothing leaves this host. */
  readonly mode: 'branch' | 'patch';
  /** The branch it is put on; null in mode `patch`. */
  readonly branch: string | null;
  /** Whether nobody asked for this very name: where it is taken, one with a number is as good. */
  readonly isMadeUp: boolean;
  readonly message: string;
  /** Whether nothing changes the files any more: the result is then kept, and is the same for ever. */
  readonly isFinal: boolean;
}

/** What became of a delivery. `failed` carries the reason, with the way out; nothing is ever forced. */
export interface DeliveryResult {
  readonly state: 'delivered' | 'nothing-to-deliver' | 'failed';
  readonly branch?: string;
  readonly commit?: string;
  readonly reason?: string;
  /** What stood in the way of one that failed: the target, or that the repository could not be reached. */
  readonly obstacle?: 'target' | 'repository';
}

/** What a host could do, whether or not sessions make use of it. */
export type ExecutorCapabilities = Pick<ExecutorDescription, 'snapshotProviders' | 'isolation'>;

/**
 * What runs sessions: provisions workspaces, starts agents under a recorder, hands over their journals.
 * Every method may be called again after a crash of the caller with the same session and then goes on where things
 * stand. Failures are `Problem`s.
 */
export interface Executor {
  readonly id: string;
  /** What this host can do; queue lengths, and what it could do, are added by the caller. */
  describe(): Promise<
    Omit<
      ExecutorDescription,
      'maxConcurrentTasks' | 'running' | 'queued' | 'snapshotCapabilities' | keyof ExecutorCapabilities
    >
  >;
  /** The agent types this host runs, and what there is of them. */
  agents(): Promise<readonly AgentDescription[]>;
  /** The JSON Schema of an agent type's settings. */
  settingsSchema(type: AgentType): JsonObject;
  /** Where its agents can run. */
  runtimes(): readonly RuntimeDescription[];
  /**
   * Refuses what this host cannot do, before anything is written: `unsupported-choice` or `invalid-request` with the
   * field. Also checks that the repository can be read and has the branch or commit, and would take the delivery.
   */
  check(request: CreateTask, signal?: AbortSignal): Promise<void>;
  /** Makes the workspace, or finds the one made before. */
  provision(run: Run, signal?: AbortSignal): Promise<ProvisionedWorkspace>;
  /** Starts recorder and agent; does nothing when they were started before. */
  start(run: Run, workspace: ProvisionedWorkspace, signal?: AbortSignal): Promise<void>;
  /**
   * The session's journal from `after` on, live, until the batch with `exit`. Ends without one only when the signal
   * fires. Opened at or behind its end it gives the exit again, in a batch without events: the caller may have died
   * before it acted on it. A recorder that died without a last word gives `exit: lost`.
   */
  journal(sessionId: string, after: number, signal?: AbortSignal): AsyncIterable<JournalBatch>;
  /** Asks the agent to end, then insists: the end comes through the journal. Resolves when the wish is recorded. */
  stop(sessionId: string, graceMs: number): Promise<void>;
  /**
   * Ends every process of the session at once; resolves when none is left. The end comes through the journal: as ours,
   * or as `lost` for the reason that is given where nobody wished for it.
   */
  kill(sessionId: string, because?: string): Promise<void>;
  /**
   * Makes every process of the session stand still; resolves when it is so, also when it was before. The recorder goes
   * on. Rejects with `pause-unsupported` where the host cannot. Of `pause`, `resume` and `stop` the one asked last holds:
   * a pause that comes behind a stop changes nothing. The time in which an idle agent is waited for stands still too.
   */
  pause(sessionId: string): Promise<void>;
  /** Lets the processes go on where they stood. A session that stands still is also let go on by `stop` and `kill`. */
  resume(sessionId: string): Promise<void>;
  /**
   * Hands the agent a prompt: resolves when the recorder has written it down, as a `user_input` event of the journal.
   * The agent gets it when the turn that runs is over, in the order taken, once. An agent without a turn and without a
   * prompt is idle: the journal says so by a `status` event, `running` with the reason `idle`, and again without a
   * reason when it goes on; these are the only `status` events of a journal. A session that stands still takes prompts
   * and answers too: its agent finds them when it goes on. Rejects with `prompt-unsupported`, or `session-ended`.
   */
  prompt(sessionId: string, prompt: FurtherPrompt): Promise<void>;
  /**
   * Answers a permission request, which the journal told by an `approval` event; resolves when the answer is written
   * down there. The first answer counts. Rejects with `approval-not-found`, `wrong-state` when it is settled,
   * `invalid-request` for an option that was not offered, `session-ended`.
   */
  answer(sessionId: string, answer: PermissionAnswer): Promise<void>;
  /**
   * What the terminal of a session was shown, from behind the number `after` on: what is kept of it, then live until the
   * terminal's last frame; only what is kept when `live` is false. Where what follows `after` is not kept any more, or
   * never was, it begins with the oldest frame there is: `first` tells. Ends without a frame when the session was never
   * started. What is kept is bounded, outlives the caller and goes with the journal.
   */
  terminal(
    sessionId: string,
    after: number,
    options?: { readonly live?: boolean; readonly signal?: AbortSignal },
  ): AsyncIterable<TerminalBatch>;
  /**
   * Types into the terminal of a session; resolves when the bytes are on their way to its programs, in the order of the
   * calls. Nothing of it is written down. Rejects with `session-ended`, and with `wrong-state` when the programs do not
   * read what was typed before.
   */
  type(sessionId: string, typing: TerminalTyping): Promise<void>;
  /** Gives the terminal of a session another size; its programs are told. Rejects with `session-ended`. */
  resize(sessionId: string, resizing: TerminalResizing): Promise<void>;
  /**
   * Takes the work home: what is there now, also when the workspace was released, and on top of what was delivered to the
   * same branch before. Repeated after a crash, it finds what it delivered. A branch that is protected, or has commits that
   * are not ours, is left as it is and `failed` says so. Rejects with `workspace-gone`, and `aborted` when the signal fires.
   */
  deliver(run: Run, wish: DeliveryWish, signal?: AbortSignal): Promise<DeliveryResult>;
  /** Drops the working tree; what was committed and the last state of the files are kept. Idempotent. */
  release(sessionId: string): Promise<void>;
  /**
   * Drops the journal of a session that has ended, when the caller has all of it: `offset` is how far. `kept`: it holds
   * more than that, or its recorder still runs. `gone`: there was none. Afterwards the journal gives its exit again, as
   * from its end; opened before that it gives `exit: lost`, for what was in it cannot be had any more.
   */
  forget(sessionId: string, offset: number): Promise<'dropped' | 'kept' | 'gone'>;
  /**
   * What this host could do for sessions, found out by trying: once, when it is first asked, in a few seconds at most.
   */
  capabilities(): Promise<ExecutorCapabilities>;
  /** Asks a repository what it has. A problem with `repo.url` when it cannot be read. */
  refs(url: string, signal?: AbortSignal): Promise<RepositoryRefs>;
  /**
   * The files git tracks in a repository, a part at a time at the same cost wherever it begins; neither is it held whole.
   * Rejects with a problem with `repo.url`, `ref` or `cursor`.
   */
  trackedFiles(url: string, wish: FileWish, signal?: AbortSignal): Promise<TrackedFiles>;
  /**
   * Drops what is kept of a repository, whatever it is called: it is had anew when it is asked for again, and sessions do
   * without it once they have their workspace. Idempotent; it need not be there any more.
   */
  forgetRepository(url: string): Promise<void>;
  /** Measures what the session takes of the disk: its files, and what is kept of it beside them. */
  usage(sessionId: string, signal?: AbortSignal): Promise<DiskUse>;
  /** Reading what a session changed. */
  readonly files: WorkspaceFiles;
  /** Looking around among all its files. */
  readonly look: WorkspaceLook;
  /** Frees what this object holds; recorders and agents go on. */
  close(): Promise<void>;
}
