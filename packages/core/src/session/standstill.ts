import type { SessionStatus } from '@agent-harbor/api-contract/schemas';
import type { Executor } from '../executor/executor.ts';
import type { Log } from '../log.ts';
import { reasonOf } from '../problem.ts';
import type { StoredSession } from '../store/store.ts';
import type { SessionRecord } from './record.ts';
import type { Sessions } from './sessions.ts';

/** What a standstill works with. */
export interface StandstillParts {
  readonly sessions: Sessions;
  readonly executor: Executor;
  readonly log: Log;
  /** Puts the session into a status if it has the other one; undefined for the status leaves it. */
  readonly change: (
    from: SessionStatus,
    to: (now: SessionRecord) => { readonly status: SessionStatus; readonly reason?: string | undefined },
  ) => Promise<StoredSession>;
  /** Whether the session is somebody else's by now. */
  readonly isLeft: () => boolean;
  /** Calls back after a time unless the session is over by then; the returned function prevents it. */
  readonly after: (delayMs: number, act: () => void) => () => void;
}

/** How long processes may take to stand still or to go on, before the session says that they did not. */
const settleDeadlineMs = 20_000;

/** How a session goes from one state of its processes to the other, and back when it cannot. */
interface Turn {
  readonly status: 'pausing' | 'resuming';
  readonly done: 'paused' | 'running';
  readonly undone: 'paused' | 'running';
  readonly act: 'pause' | 'resume';
  readonly undo: 'pause' | 'resume';
  readonly failure: string;
}

const turns: Readonly<Record<Turn['status'], Turn>> = {
  pausing: {
    status: 'pausing',
    done: 'paused',
    undone: 'running',
    act: 'pause',
    undo: 'resume',
    failure: 'It could not be paused',
  },
  resuming: {
    status: 'resuming',
    done: 'running',
    undone: 'paused',
    act: 'resume',
    undo: 'pause',
    failure: 'It could not be resumed',
  },
};

/** Makes the processes of one session be what its status says of them. */
export class Standstill {
  private readonly parts: StandstillParts;
  private readonly sessionId: string;

  constructor(parts: StandstillParts, sessionId: string) {
    this.parts = parts;
    this.sessionId = sessionId;
  }

  /** Carries out the wish the session's status stands for, if it does for one. Never rejects. */
  async carryOut(): Promise<void> {
    try {
      const { status } = (await this.parts.sessions.get(this.sessionId)).record;
      if (status === 'pausing' || status === 'resuming') await this.settle(turns[status]);
      // After a restart: what stands still goes on standing still, whoever woke it meanwhile.
      else if (status === 'paused') await this.parts.executor.pause(this.sessionId);
    } catch (error) {
      if (this.parts.isLeft()) return;
      this.parts.log.warn('What a session was asked could not be carried out', {
        sessionId: this.sessionId,
        error,
      });
    }
  }

  private async settle(turn: Turn): Promise<void> {
    const { executor, change, after } = this.parts;
    const acted = executor[turn.act](this.sessionId).then(
      () => undefined,
      (error: unknown) => reasonOf(error),
    );
    let cancel = () => {};
    const deadline = new Promise<string>((resolve) => {
      cancel = after(settleDeadlineMs, () => {
        resolve(`the host did not do it within ${settleDeadlineMs / 1000} s.`);
        // It may be done later all the same.
        void acted.then(() => this.rectify(turn));
      });
    });
    const failure = await Promise.race([acted, deadline]);
    cancel();
    await change(turn.status, ({ runningReason }) =>
      failure === undefined
        ? { status: turn.done, ...(turn.done === 'running' ? { reason: runningReason } : {}) }
        : { status: turn.undone, reason: `${turn.failure}: ${failure}` },
    );
    await this.rectify(turn);
  }

  /** Takes back what was done, or half done, to processes of a session that is not in the state it was done for. */
  private async rectify({ act, undo, undone }: Turn): Promise<void> {
    const { status } = (await this.parts.sessions.get(this.sessionId)).record;
    // What is asked to end must be able to hear it.
    if (status !== undone && !(act === 'pause' && status === 'stopping')) return;
    await this.parts.executor[undo](this.sessionId).catch((error: unknown) =>
      this.parts.log.warn('The processes of a session are not as its status says', {
        sessionId: this.sessionId,
        error,
      }),
    );
  }
}
