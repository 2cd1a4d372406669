import type { ApprovalPolicyInput, EventBody, SessionStatus } from '@agent-harbor/api-contract/schemas';
import { dropForgottenOf } from '../catalogue/drop-forgotten.ts';
import { repositoryOf } from '../catalogue/repository.ts';
import { type Clock, sleep } from '../clock.ts';
import type { Deliverer, DeliveryReport } from '../delivery/deliverer.ts';
import { lastMessageOf } from '../delivery/last-message.ts';
import { wordsOf } from '../delivery/message.ts';
import { planDelivery } from '../delivery/plan-delivery.ts';
import type {
  AgentExit,
  Executor,
  JournalBatch,
  NewEvent,
  ProvisionedWorkspace,
  Run,
} from '../executor/executor.ts';
import type { Log } from '../log.ts';
import { Problem, reasonOf, throwIfAborted } from '../problem.ts';
import { wholeHost } from '../scope.ts';
import type { Change, Store, StoredSession } from '../store/store.ts';
import { type SpanStart, type Tracer, traced } from '../telemetry/tracer.ts';
import { ChangeCount } from './change-count.ts';
import { isTerminal, wayTo } from './lifecycle.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import type { SessionRecord } from './record.ts';
import { runOf } from './run-of.ts';
import type { Sessions, SessionUpdate } from './sessions.ts';
import { Standstill } from './standstill.ts';

/** Runs one session from wherever it stands to its end. */
export interface Runner {
  /** Resolves when the session is terminal, or the runner was told to let go. Never rejects. */
  readonly done: Promise<void>;
  /** The agent is asked to end; after the grace period it is killed, and the session settles in any case. */
  stop(): void;
  /** The session was put into `pausing` or `resuming`: that is carried out. */
  steer(): void;
  /** Whether its agent has ended, so that there is nobody left to steer. */
  readonly isEnding: boolean;
  /** Every process is killed now, and the session is cancelled unless its end is written already. */
  cancel(): void;
  /** Stops following; the agent goes on. */
  letGo(): void;
}

export interface RunnerParts {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly executor: Executor;
  readonly deliverer: Deliverer;
  readonly clock: Clock;
  readonly log: Log;
  /** How long an agent that was asked to end may take, milliseconds. */
  readonly stopGraceMs: number;
  /** How permission requests are met where a task does not say. */
  readonly approvals: ApprovalPolicyInput | undefined;
  readonly tracer: Tracer;
}

/** How long processes may take to be gone after a kill before the session settles without their last word. */
export const killDeadlineMs = 20_000;
/** How long to wait before writing again when the store cannot take more. */
const storeRetryMs = 1_000;

export const startRunner = (parts: RunnerParts, sessionId: string): Runner => {
  const runner = new SessionRunner(parts, sessionId);
  runner.begin();
  return runner;
};

class SessionRunner implements Runner {
  done: Promise<void> = Promise.resolve();
  private readonly parts: RunnerParts;
  private readonly sessionId: string;
  /** Fires when provisioning is to be given up: a stop, a cancel or a shutdown. */
  private readonly provisioning = new AbortController();
  /** Fires when the journal is not followed any more. */
  private readonly following = new AbortController();
  /** Fires when the session is let go: whatever is waited for, it is no longer. */
  private readonly leaving = new AbortController();
  private readonly deadlines = new Set<() => void>();
  private readonly standstill: Standstill;
  isEnding = false;
  private cancelled = false;
  private started = false;
  /** A batch is on its way into the store. */
  private ingesting = false;
  /** Nothing is done any more. */
  private over = false;

  constructor(parts: RunnerParts, sessionId: string) {
    this.parts = parts;
    this.sessionId = sessionId;
    this.standstill = new Standstill(
      {
        ...parts,
        isLeft: () => this.detached,
        after: (delayMs, act) => this.after(delayMs, act),
        change: (from, to) =>
          this.write((now) => (now.status === from ? this.event({ type: 'status', ...to(now) }) : undefined)),
      },
      sessionId,
    );
  }

  begin(): void {
    this.done = this.run().catch((error: unknown) => {
      if (this.detached) return;
      this.parts.log.error('A session could not be settled', { sessionId: this.sessionId, error });
    });
  }

  stop(): void {
    this.provisioning.abort();
    if (!this.started) return;
    const graceMs = this.parts.stopGraceMs;
    void this.parts.executor.stop(this.sessionId, graceMs).catch(() => this.kill());
    this.after(graceMs + killDeadlineMs / 2, () => this.kill());
  }

  steer(): void {
    if (this.started) void this.standstill.carryOut();
  }

  cancel(): void {
    this.cancelled = true;
    this.provisioning.abort();
    if (this.started) this.kill();
  }

  letGo(): void {
    this.leaving.abort();
    this.provisioning.abort();
    this.following.abort();
  }

  private get detached(): boolean {
    return this.leaving.signal.aborted;
  }

  private kill(): void {
    if (this.over || this.detached) return;
    void this.parts.executor.kill(this.sessionId).catch((error: unknown) => {
      this.parts.log.error('The processes of a session could not be killed', {
        sessionId: this.sessionId,
        error,
      });
    });
    this.after(killDeadlineMs, () => this.hearNoMore());
  }

  /** What the journal gave already is written all the same, however long the store makes it wait. */
  private hearNoMore(): void {
    if (this.ingesting) this.after(killDeadlineMs, () => this.hearNoMore());
    else this.following.abort();
  }

  private after(delayMs: number, act: () => void): () => void {
    if (this.over) return () => {};
    const cancel = this.parts.clock.schedule(delayMs, () => {
      this.deadlines.delete(cancel);
      act();
    });
    this.deadlines.add(cancel);
    return () => {
      this.deadlines.delete(cancel);
      cancel();
    };
  }

  private async run(): Promise<void> {
    try {
      const { record } = await this.parts.sessions.get(this.sessionId);
      if (isTerminal(record.status)) return;
      const task = await this.parts.store.task(wholeHost, record.taskId);
      if (task === undefined)
        throw new Problem('task-not-found', { detail: `Task ${record.taskId} is gone.` });
      const run = runOf(record, task, this.parts.approvals);
      await this.reachAgent(run, record);
      this.started = true;
      await this.resumeWishes();
      const exit = await this.follow();
      if (this.detached) return;
      await this.settle(run, exit);
    } catch (error) {
      if (this.detached) return;
      await this.settleWithoutAgent(error);
    } finally {
      this.over = true;
      for (const cancel of this.deadlines) cancel();
    }
  }

  /** Provisions and starts, or finds what was started before a restart. */
  private async reachAgent(run: Run, record: SessionRecord): Promise<ProvisionedWorkspace> {
    const { executor } = this.parts;
    const { signal } = this.provisioning;
    if (record.status === 'queued') await this.enter('provisioning');
    const workspace = await this.traced('session.provision', run, (within) =>
      executor.provision(within, signal),
    );
    if (record.status !== 'queued' && record.status !== 'provisioning') return workspace;
    throwIfAborted(signal);
    await this.traced('session.start', run, (within) => executor.start(within, workspace, signal));
    const learned = await this.defaultBranch(run, workspace);
    await this.write((now) => ({
      ...(now.status === 'provisioning' ? this.status('running') : {}),
      dedupeKey: 'running',
      patch: {
        repo: { ...now.repo, commit: workspace.baseCommit },
        workspace: { ...now.workspace, mountPath: workspace.path, executorId: executor.id, state: 'ready' },
      },
      alongside: learned,
    }));
    return workspace;
  }

  /** Who asked for no branch got the repository's own: the catalogue learns its name, unless it forgot the repository. */
  private async defaultBranch({ repo }: Run, { branch }: ProvisionedWorkspace): Promise<Change[]> {
    if (repo.url === undefined || repo.branch !== undefined || repo.commit != null || branch === null)
      return [];
    const { store, sessions } = this.parts;
    const { tenantId } = (await sessions.get(this.sessionId)).record;
    const { id } = repositoryOf(repo.url, tenantId, branch, 0);
    const known = await store.repository({ tenantId: tenantId ?? null }, id);
    if (known === undefined || known.defaultBranch === branch) return [];
    return [{ kind: 'repository-used', repository: { ...known, defaultBranch: branch }, tenantId }];
  }

  /** What was wished while the agent was being started, or before a restart, is carried out now. */
  private async resumeWishes(): Promise<void> {
    const { record } = await this.parts.sessions.get(this.sessionId);
    if (this.cancelled) this.kill();
    else if (record.status === 'stopping') this.stop();
    else this.steer();
  }

  /** Feeds the log from the journal; undefined when the end never came. */
  private async follow(): Promise<AgentExit | undefined> {
    const { journalOffset } = await this.parts.sessions.get(this.sessionId);
    const { signal } = this.following;
    const changes = new ChangeCount(this.parts, this.sessionId, signal);
    try {
      for await (const batch of this.parts.executor.journal(this.sessionId, journalOffset, signal)) {
        if (batch.exit !== undefined) this.isEnding = true;
        await this.ingest(batch);
        if (batch.events.some(({ body }) => body.type === 'file_edit')) changes.refresh();
        if (batch.exit === undefined) continue;
        await changes.settled();
        return batch.exit;
      }
      return undefined;
    } finally {
      // Nobody looks at the files once the session is settled and they may be released.
      this.following.abort();
      await changes.resting();
    }
  }

  /** The journal keeps what the store cannot take yet, so a full disk only delays. */
  private async ingest(batch: JournalBatch): Promise<void> {
    this.ingesting = true;
    while (!this.detached) {
      try {
        await this.parts.sessions.update(this.sessionId, ({ record }) => ({
          events: batch.events,
          journalOffset: batch.offset,
          // The last word of a session comes behind what its agent did, so that is let in too.
          isUrgent: this.cancelled || record.status === 'stopping',
        }));
        break;
      } catch (error) {
        if (!isPassing(error)) throw error;
        this.parts.log.warn('The store cannot take events now', { sessionId: this.sessionId, error });
        await sleep(this.parts.clock, storeRetryMs, this.leaving.signal);
      }
    }
    this.ingesting = false;
  }

  private async settle(run: Run, exit: AgentExit | undefined): Promise<void> {
    const { record } = await this.parts.sessions.get(this.sessionId);
    if (this.cancelled) return this.end(cancelled);
    const outcome = outcomeOf(
      record.status,
      exit ?? (record.status === 'stopping' ? { kind: 'ended-by-us' } : unheard),
    );
    if (outcome.status === 'completed') await this.leaveStandstill();
    if (outcome.status === 'completed' || outcome.status === 'stopped') await this.deliver(run, record);
    await this.end(outcome);
  }

  /** An agent that ended well while it was to stand still did not: the session ran to its end. */
  private async leaveStandstill(): Promise<void> {
    const reason = 'The agent has ended.';
    await this.write(({ status }) => {
      const at = this.parts.clock.now();
      const way = status === 'running' || status === 'stopping' ? [] : wayTo(status, 'running');
      return way.length === 0
        ? undefined
        : { events: way.map((next) => ({ at, body: { type: 'status', status: next, reason } })) };
    });
  }

  /** Once, by the key of its event: a second one only follows when somebody asks for it. */
  private async deliver(run: Run, record: SessionRecord): Promise<void> {
    const plan = planDelivery(record);
    if (plan === null || record.deliveredAtEnd !== undefined) return;
    const { deliverer, store } = this.parts;
    const words = wordsOf(record, await lastMessageOf(store, record.id));
    const { signal } = this.leaving;
    const report = await this.traced('session.deliver', run, (within) =>
      deliverer.deliver({ run: within, plan, words, isFinal: true }, signal),
    ).catch((error: unknown): DeliveryReport => {
      // Whoever takes the session up finds what was delivered, and goes on.
      if (this.detached) throw error;
      return { state: 'failed', reason: reasonOf(error) };
    });
    const { problem: _, ...told } = report;
    await this.write(() => ({
      ...this.event({ type: 'delivery', mode: plan.mode, ...told }),
      dedupeKey: 'delivery',
      patch: { deliveredAtEnd: told.state },
    }));
  }

  /** Provisioning was given up or failed, or a rule broke: whatever runs is ended, the reason is written down. */
  private async settleWithoutAgent(error: unknown): Promise<void> {
    const { executor, sessions } = this.parts;
    // Whoever reads the journal after a restart has only this to tell the end by.
    await executor.kill(this.sessionId, this.cancelled ? undefined : reasonOf(error)).catch(() => {});
    const { record } = await sessions.get(this.sessionId);
    if (isTerminal(record.status)) return;
    if (this.cancelled) return this.end(cancelled);
    if (record.status === 'stopping') return this.end({ status: 'stopped' });
    this.parts.log.warn('A session failed', { sessionId: this.sessionId, error });
    await this.end({ status: 'failed', reason: reasonOf(error) });
  }

  private enter(status: SessionStatus): Promise<StoredSession> {
    return this.write((now) =>
      now.status === status ? undefined : { ...this.status(status), dedupeKey: status },
    );
  }

  /** Work of the executor as a part of the trace the session belongs to. */
  private traced<Result>(name: string, run: Run, work: (run: Run) => Promise<Result>): Promise<Result> {
    const start = { name, parent: run.traceparent, attributes: aboutSession(run) };
    return traced(this.parts.tracer, start, ({ traceparent }) => work({ ...run, traceparent }));
  }

  private async end(outcome: Outcome): Promise<void> {
    const { record } = await this.write((now) => {
      if (isTerminal(now.status)) return undefined;
      // What was wished while the work was taken home counts too.
      const { status, reason, exitCode } = this.cancelled ? cancelled : asWished(outcome, now.status);
      return {
        ...this.event({ type: 'status', status, reason, exitCode }),
        dedupeKey: 'terminal',
      };
    });
    this.parts.tracer.begin(wholeSession(record)).end({ 'agent_harbor.session.status': record.status });
    await dropForgottenOf(this.parts, record).catch((error: unknown) => {
      const about = { sessionId: this.sessionId, error };
      this.parts.log.warn('What was kept of a forgotten repository is still there', about);
    });
  }

  /** What the server itself states is written even if the store has to be waited for. */
  private async write(decide: (now: SessionRecord) => SessionUpdate | undefined): Promise<StoredSession> {
    for (;;) {
      try {
        return await this.parts.sessions.update(this.sessionId, ({ record }) => decide(record));
      } catch (error) {
        if (!isPassing(error) || this.detached) throw error;
        await sleep(this.parts.clock, storeRetryMs, this.leaving.signal);
      }
    }
  }

  private status(status: SessionStatus): SessionUpdate {
    return this.event({ type: 'status', status });
  }

  private event(body: EventBody): SessionUpdate {
    const event: NewEvent = { at: this.parts.clock.now(), body };
    return { events: [event] };
  }
}

const aboutSession = ({ sessionId, taskId, agent }: Pick<Run, 'sessionId' | 'taskId' | 'agent'>) => ({
  'agent_harbor.session.id': sessionId,
  'agent_harbor.task.id': taskId,
  'agent_harbor.agent.type': agent.type,
});

/** From the launch to the end, told at the end: no span is held open, so a restart in between breaks none. */
const wholeSession = ({ id, taskId, agent, traceparent, createdAt }: SessionRecord): SpanStart => ({
  name: 'session',
  parent: traceparent,
  startedAt: Date.parse(createdAt),
  attributes: aboutSession({ sessionId: id, taskId, agent }),
});

const cancelled: Outcome = { status: 'cancelled' };

/** A good end after a stop was asked for is a stop. */
const asWished = (outcome: Outcome, status: SessionStatus): Outcome =>
  status === 'stopping' && outcome.status === 'completed' ? { ...outcome, status: 'stopped' } : outcome;

const unheard: AgentExit = { kind: 'lost', reason: 'The end of the agent was not heard of.' };

const isPassing = (error: unknown): boolean =>
  error instanceof Problem && (error.code === 'storage-full' || error.code === 'not-ready');
