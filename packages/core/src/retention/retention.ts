import { type Clock, sleep } from '../clock.ts';
import type { Executor } from '../executor/executor.ts';
import type { Log } from '../log.ts';
import { wholeHost } from '../scope.ts';
import type { Sessions } from '../session/sessions.ts';
import type { SessionLog, Store } from '../store/store.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { RetentionOptions } from './policy.ts';
import { LogPruner } from './prune-logs.ts';
import { TrustedTime } from './trusted-time.ts';
import { EndedWalk } from './walk.ts';

export interface RetentionParts extends RetentionOptions {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What keeps a Harbor from growing for ever. */
export interface Retention {
  /** From now on it runs by itself. */
  start(): void;
  /** Resolves when nothing of it runs any more. */
  close(): Promise<void>;
}

/** How long after a start it runs first, and how long it rests between two passes. */
const firstMs = 5_000;
const everyMs = 60_000;
/** Once a day every session is looked at again. */
const passesPerWalk = (24 * 3_600_000) / everyMs;
/** Between two sessions whose files are dropped: removing trees keeps the disk busy. */
const restMs = 50;

export const createRetention = (parts: RetentionParts): Retention => {
  const ending = new AbortController();
  let running: Promise<void> | undefined;
  const keeper = new Keeper(parts, ending.signal);
  const run = async () => {
    try {
      for (let rest = firstMs; ; rest = everyMs) {
        await sleep(parts.clock, rest, ending.signal);
        await keeper.pass();
      }
    } catch (error) {
      if (!ending.signal.aborted) throw error;
    }
  };
  return {
    start() {
      running ??= run();
    },
    async close() {
      ending.abort();
      await running;
    },
  };
};

class Keeper {
  private readonly parts: RetentionParts;
  private readonly signal: AbortSignal;
  private readonly pruner: LogPruner;
  private readonly workspaces: EndedWalk;
  private readonly journals: EndedWalk;
  private readonly time: TrustedTime;
  private passes = 0;

  constructor(parts: RetentionParts, signal: AbortSignal) {
    const { store, clock, policy } = parts;
    this.parts = parts;
    this.signal = signal;
    this.pruner = new LogPruner(store, clock, policy);
    this.workspaces = new EndedWalk(store, clock);
    this.journals = new EndedWalk(store, clock);
    this.time = new TrustedTime(clock);
  }

  /** Each part by itself: a disk that is full for one may be made room on by the next. Rejects only when it is to end. */
  async pass(): Promise<void> {
    const { log, metrics } = this.parts;
    const look = this.time.look();
    const byAge = look === 'trusted';
    if (look === 'jumped') log.warn('The time of day was set: nothing is dropped by its age for a day');
    // A session that ended after the time was set back stands before those that were dealt with.
    if (look === 'jumped' || ++this.passes % passesPerWalk === 0) {
      this.workspaces.restart();
      this.journals.restart();
    }
    await this.attempt('The log could not be pruned', async () => {
      const taken = await this.pruner.pass(byAge, this.signal);
      if (taken.events === 0) return;
      metrics.pruned(taken.events, taken.bytes);
      log.info('Events were pruned', { ...taken });
    });
    await this.attempt('Workspaces could not be dropped', () => this.releaseWorkspaces(byAge));
    await this.attempt('Journals could not be dropped', () => this.forgetJournals(byAge));
  }

  private async attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.signal.aborted) throw error;
      this.parts.log.warn(what, { error });
    }
  }

  /** The trees of sessions that ended long ago; their commits and last files stay readable. */
  private async releaseWorkspaces(byAge: boolean): Promise<void> {
    const { clock, policy, executor, sessions } = this.parts;
    const ageMs = byAge ? policy.workspaces?.ageMs : undefined;
    if (ageMs === undefined) return;
    await this.workspaces.visit(this.signal, async ({ sessionId, updated }) => {
      if (updated.at > clock.now() - ageMs) return false;
      const { record } = await sessions.get(sessionId);
      if (record.workspace.state === 'released') return true;
      await this.forOne('The workspace of a session could not be dropped', sessionId, async () => {
        await executor.release(sessionId);
        await sessions.update(sessionId, ({ record: now }) => ({
          patch: { workspace: { ...now.workspace, state: 'released' } },
        }));
        await this.rest();
      });
      return true;
    });
  }

  /**
   * A journal is what the store could be filled from again. It goes only when the session has ended, all of it is in the
   * store, and the store's own copy is safe: in a verified backup, or long enough on the disk.
   */
  private async forgetJournals(byAge: boolean): Promise<void> {
    const { policy, executor, log, lastBackup } = this.parts;
    const ageMs = byAge ? policy.journals?.ageMs : undefined;
    const backup = await lastBackup?.();
    if (ageMs === undefined && backup === undefined) return;
    await this.journals.visit(this.signal, async (session) => {
      const isOld = ageMs !== undefined && session.updated.at <= this.parts.clock.now() - ageMs;
      if (!isOld && !(await this.isCovered(session, backup))) return false;
      const { sessionId, journalOffset } = session;
      await this.forOne('The journal of a session could not be dropped', sessionId, async () => {
        const became = await executor.forget(sessionId, journalOffset);
        if (became === 'kept') log.warn('A journal is kept: it has more than the store', { sessionId });
        if (became === 'dropped') await this.rest();
      });
      return true;
    });
  }

  /** Whether the backup has the session to its last word, and so everything of its journal. */
  private async isCovered(
    { sessionId }: SessionLog,
    backup: { readonly epoch: string; readonly position: number } | undefined,
  ): Promise<boolean> {
    const { store } = this.parts;
    if (backup === undefined || backup.epoch !== store.epoch) return false;
    const [last] = await store.events({
      scope: wholeHost,
      sessionId,
      order: 'desc',
      limit: 1,
      maxBytes: 0,
    });
    return last !== undefined && last.position <= backup.position;
  }

  /** What fails for one session is tried again after the next start, and holds up no other. */
  private async forOne(what: string, sessionId: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.signal.aborted) throw error;
      this.parts.log.warn(what, { sessionId, error });
    }
  }

  private rest(): Promise<void> {
    return sleep(this.parts.clock, restMs, this.signal);
  }
}
