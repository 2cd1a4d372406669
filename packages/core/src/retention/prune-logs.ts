import { type Clock, sleep } from '../clock.ts';
import { throwIfAborted } from '../problem.ts';
import { isTerminal } from '../session/lifecycle.ts';
import type { Change, SessionLog, Store } from '../store/store.ts';
import type { RetentionPolicy } from './policy.ts';
import { EndedWalk } from './walk.ts';

type Reasons = Omit<Extract<Change, { kind: 'events-pruned' }>, 'kind' | 'sessionId'>;

/** Between two steps others have the store for so long: appends and streams never wait for more than one step. */
const restMs = 10;

/** What a pass took out of the log. */
export interface Taken {
  events: number;
  bytes: number;
}

/** Takes out of the log what is beyond the policy, in steps that each take a few milliseconds. */
export class LogPruner {
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly policy: RetentionPolicy;
  private readonly ended: EndedWalk;

  constructor(store: Store, clock: Clock, policy: RetentionPolicy) {
    this.store = store;
    this.clock = clock;
    this.policy = policy;
    this.ended = new EndedWalk(store, clock);
  }

  async pass(byAge: boolean, signal: AbortSignal): Promise<Taken> {
    const taken: Taken = { events: 0, bytes: 0 };
    await this.pruneEach(byAge, taken, signal);
    await this.pruneTotal(taken, signal);
    return taken;
  }

  /** Age, number and size of each log. */
  private async pruneEach(byAge: boolean, taken: Taken, signal: AbortSignal): Promise<void> {
    const { count, bytes, ...ages } = this.policy.events ?? {};
    const ageMs = byAge ? ages.ageMs : undefined;
    if (ageMs === undefined && count === undefined && bytes === undefined) return;
    const before = ageMs === undefined ? undefined : this.clock.now() - ageMs;
    for (let after: number | null = 0; after !== null; ) {
      const beyond = await this.store.logsBeyond({ before, events: count, bytes }, after);
      for (const log of beyond.logs) {
        const through = count === undefined ? undefined : log.lastSeq - count;
        await this.pruneWhile(log, { before, through, maxBytes: bytes }, taken, signal, async () => true);
      }
      after = beyond.next;
      // Looking costs little, but there may be a million logs.
      await this.rest(signal);
    }
  }

  /** All logs together. */
  private async pruneTotal(taken: Taken, signal: AbortSignal): Promise<void> {
    const limit = this.policy.total?.bytes;
    if (limit === undefined) return;
    const isOver = async () => (await this.store.usage()).bytes > limit;
    if (!(await isOver())) return;
    const end = await this.ended.visit(signal, async (log) => {
      await this.pruneWhile(log, { through: log.lastSeq }, taken, signal, isOver);
      return isOver();
    });
    if (end === 'stopped') return;
    // Those that ended have no more to give; later ones may, and some were written to after their end.
    this.ended.restart();
    await this.pruneLive(taken, signal, isOver);
  }

  /** The oldest events of sessions that live, a step at a time of the one whose oldest event is oldest. */
  private async pruneLive(taken: Taken, signal: AbortSignal, isOver: () => Promise<boolean>): Promise<void> {
    const logs: SessionLog[] = [];
    for (const { record } of await this.store.liveSessions()) {
      const log = await this.store.sessionLog(record.id);
      if (log !== undefined) logs.push(log);
    }
    while (await isOver()) {
      const oldest = logs
        .filter(({ lastSeq, pruned, status }) => lastSeq - pruned > 1 && !isTerminal(status))
        .reduce<SessionLog | undefined>(
          (first, log) => (first === undefined || log.oldestAt < first.oldestAt ? log : first),
          undefined,
        );
      if (oldest === undefined) return;
      const left = await this.pruneOnce(oldest, { through: oldest.lastSeq }, taken, signal);
      logs.splice(
        logs.indexOf(oldest),
        1,
        ...(left === undefined || left.pruned === oldest.pruned ? [] : [left]),
      );
    }
  }

  /** Step after step, for as long as there is a reason and something goes. */
  private async pruneWhile(
    log: SessionLog,
    reasons: Reasons,
    taken: Taken,
    signal: AbortSignal,
    isWanted: () => Promise<boolean>,
  ): Promise<void> {
    for (let now: SessionLog | undefined = log; now !== undefined && now.lastSeq - now.pruned > 1; ) {
      if (!(await isWanted())) return;
      const left: SessionLog | undefined = await this.pruneOnce(now, reasons, taken, signal);
      if (left?.pruned === now.pruned) return;
      now = left;
    }
  }

  private async pruneOnce(
    log: SessionLog,
    reasons: Reasons,
    taken: Taken,
    signal: AbortSignal,
  ): Promise<SessionLog | undefined> {
    throwIfAborted(signal);
    await this.store.commit([{ kind: 'events-pruned', sessionId: log.sessionId, ...reasons }], {
      isUrgent: true,
    });
    const left = await this.store.sessionLog(log.sessionId);
    taken.events += (left?.pruned ?? log.pruned) - log.pruned;
    // What was appended meanwhile is taken for kept.
    taken.bytes += Math.max(0, log.bytes - (left?.bytes ?? 0));
    await this.rest(signal);
    return left;
  }

  private rest(signal: AbortSignal): Promise<void> {
    return sleep(this.clock, restMs, signal);
  }
}
