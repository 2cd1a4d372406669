import type { SessionStatus } from '@agent-harbor/api-contract/schemas';
import { sleep, timestamp } from '../clock.ts';
import { Problem } from '../problem.ts';
import type { Change } from '../store/store.ts';
import { isTerminal } from './lifecycle.ts';
import { createFairQueue, type FairQueue } from './queue.ts';
import type { SessionRecord } from './record.ts';
import { killDeadlineMs, type Runner, type RunnerParts, startRunner } from './runner.ts';

/** Which sessions run, and how they are ended. */
export interface SessionControl {
  readonly queue: FairQueue;
  stop(sessionId: string, alongside: readonly Change[]): Promise<void>;
  pause(sessionId: string, alongside: readonly Change[]): Promise<void>;
  /** Lets a paused session go on. */
  unpause(sessionId: string, alongside: readonly Change[]): Promise<void>;
  cancel(sessionId: string): Promise<void>;
  /** Goes on with what a former process left. */
  resume(): Promise<void>;
  close(stopSessions: boolean): Promise<void>;
}

export const createSessionControl = (parts: RunnerParts, maxConcurrentTasks: number): SessionControl => {
  const { sessions, executor, clock, log, stopGraceMs } = parts;
  const runners = new Map<string, Runner>();
  let closing = false;

  const run = (sessionId: string): void => {
    const runner = startRunner(parts, sessionId);
    runners.set(sessionId, runner);
    void runner.done.then(() => {
      runners.delete(sessionId);
      queue.release(sessionId);
    });
  };
  const queue = createFairQueue(maxConcurrentTasks, run);

  /** A session that nobody runs ends by the word of the server alone. */
  const endByWord = async (
    sessionId: string,
    statuses: readonly ('stopping' | 'stopped' | 'cancelled')[],
    alongside: readonly Change[],
  ) => {
    const at = clock.now();
    await sessions.update(sessionId, () => ({
      events: statuses.map((status) => ({ at, body: { type: 'status', status } })),
      dedupeKey: 'terminal',
      alongside,
    }));
  };

  /** Ends a session that waits; it waits on when that cannot be written. False when it did not wait. */
  const endQueued = async (
    { id, taskId }: SessionRecord,
    ...how: [readonly ('stopping' | 'stopped' | 'cancelled')[], readonly Change[]]
  ): Promise<boolean> => {
    if (!queue.remove(id)) return false;
    try {
      await endByWord(id, ...how);
    } catch (error) {
      queue.add(taskId, id);
      throw error;
    }
    return true;
  };

  return {
    queue,
    async stop(sessionId, alongside) {
      const { record } = await sessions.get(sessionId);
      if (isTerminal(record.status)) throw ended(record.status);
      if (await endQueued(record, ['stopping', 'stopped'], alongside)) return;
      await sessions.update(sessionId, ({ record: now }) => {
        if (isTerminal(now.status)) throw ended(now.status);
        if (now.status === 'stopping') return { alongside };
        return { events: [{ at: clock.now(), body: { type: 'status', status: 'stopping' } }], alongside };
      });
      runners.get(sessionId)?.stop();
    },

    async pause(sessionId, alongside) {
      const { record } = await sessions.get(sessionId);
      if (record.status === 'running' && (await executor.describe()).pause === 'none') {
        throw new Problem('pause-unsupported');
      }
      await enter(
        sessionId,
        { from: 'running', by: 'pausing', to: 'paused', refusal: notRunning },
        alongside,
      );
    },

    unpause: (sessionId, alongside) =>
      enter(sessionId, { from: 'paused', by: 'resuming', to: undefined, refusal: notPaused }, alongside),

    async cancel(sessionId) {
      const { record } = await sessions.get(sessionId);
      if (record.archivedAt !== undefined) return;
      await endQueued(record, ['cancelled'], []);
      const runner = runners.get(sessionId);
      runner?.cancel();
      await runner?.done;
      // In turn with a cancel that came first.
      const { record: last } = await sessions.update(sessionId, () => undefined);
      if (!isTerminal(last.status)) {
        if (closing) throw shutDown();
        // Its last word could not be written, so nobody runs it any more.
        await executor.kill(sessionId);
        await endByWord(sessionId, ['cancelled'], []);
      }
      await executor.release(sessionId);
      await sessions.update(sessionId, ({ record: now }) => ({
        patch: {
          archivedAt: now.archivedAt ?? timestamp(clock.now()),
          workspace: { ...now.workspace, state: 'released' },
        },
      }));
    },

    async resume() {
      const left = (await sessions.load()).map(({ record }) => record);
      const ran = left.filter(({ status }) => status !== 'queued');
      // Those that ran keep their places, so that only what is left over is given away.
      for (const { id } of ran) queue.occupy(id);
      for (const { id } of ran) run(id);
      for (const { id, taskId, status } of left) if (status === 'queued') queue.add(taskId, id);
    },

    async close(stopSessions) {
      closing = true;
      queue.close();
      if (stopSessions) await endAll();
      for (const runner of runners.values()) runner.letGo();
      await Promise.all([...runners.values()].map(({ done }) => done));
    },
  };

  /** Writes the wish for a standstill or its end, and has it carried out. What is wished already is left alone. */
  async function enter(
    sessionId: string,
    { from, by, to, refusal }: Steering,
    alongside: readonly Change[],
  ): Promise<void> {
    const runner = runners.get(sessionId);
    let isNew = false;
    await sessions.update(sessionId, ({ record: { status } }) => {
      if (status === by || status === to) return { alongside };
      if (status !== from) throw refusal(status);
      // Nobody would be there to carry it out.
      if (runner === undefined || runner.isEnding) {
        throw wrongState(`The session is ${status}, but its agent has ended, so nothing is left to steer.`);
      }
      isNew = true;
      return { events: [{ at: clock.now(), body: { type: 'status', status: by } }], alongside };
    });
    if (isNew) runner?.steer();
  }

  /** Ends what runs, as far as that is possible in the time an agent may take to end. */
  async function endAll(): Promise<void> {
    const waiting = new AbortController();
    const ends = [...runners.keys()].map((sessionId) =>
      endForShutdown(sessionId).catch((error: unknown) =>
        log.warn('A session could not be stopped; its agent goes on', { sessionId, error }),
      ),
    );
    const patience = sleep(clock, stopGraceMs + 2 * killDeadlineMs, waiting.signal).catch(() => {});
    await Promise.race([Promise.all(ends), patience]);
    waiting.abort();
  }

  async function endForShutdown(sessionId: string): Promise<void> {
    const runner = runners.get(sessionId);
    if (runner === undefined) return;
    await sessions.update(sessionId, ({ record }) =>
      record.status === 'stopping' || isTerminal(record.status)
        ? undefined
        : {
            events: [
              {
                at: clock.now(),
                body: { type: 'status', status: 'stopping', reason: 'The server shuts down.' },
              },
            ],
          },
    );
    runner.stop();
    await runner.done;
  }
};

/** How a session gets from one state to another, by the transitional one that stands for the wish. */
interface Steering {
  readonly from: SessionStatus;
  readonly by: SessionStatus;
  /** Where the wish is fulfilled already; undefined when such a session is refused. */
  readonly to: SessionStatus | undefined;
  readonly refusal: (status: SessionStatus) => Problem;
}

const notRunning = (status: SessionStatus): Problem =>
  wrongState(`The session is ${status}; it cannot be paused.`);

/** What cannot be resumed, as it does not stand still. */
export const notPaused = (status: SessionStatus): Problem =>
  wrongState(`The session is ${status}; it cannot be resumed.`);

const wrongState = (detail: string): Problem => new Problem('wrong-state', { detail });

const shutDown = (): Problem =>
  new Problem('not-ready', {
    detail: 'The server shuts down before the session has ended. Cancel it again when the server is back.',
  });

const ended = (status: string): Problem =>
  wrongState(`The session is ${status}; it cannot be stopped any more.`);
