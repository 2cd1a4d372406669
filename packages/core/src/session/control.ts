import { timestamp } from '../clock.ts';
import { Problem } from '../problem.ts';
import type { Change } from '../store/store.ts';
import { isTerminal } from './lifecycle.ts';
import { createFairQueue, type FairQueue } from './queue.ts';
import { type Runner, type RunnerParts, startRunner } from './runner.ts';

/** Which sessions run, and how they are ended. */
export interface SessionControl {
  readonly queue: FairQueue;
  stop(sessionId: string, alongside: readonly Change[]): Promise<void>;
  cancel(sessionId: string): Promise<void>;
  /** Goes on with what a former process left. */
  resume(): Promise<void>;
  close(stopSessions: boolean): Promise<void>;
}

export const createSessionControl = (parts: RunnerParts, maxConcurrentTasks: number): SessionControl => {
  const { sessions, executor, clock } = parts;
  const runners = new Map<string, Runner>();

  const run = (sessionId: string): void => {
    const runner = startRunner(parts, sessionId);
    runners.set(sessionId, runner);
    void runner.done.then(() => {
      runners.delete(sessionId);
      queue.release(sessionId);
    });
  };
  const queue = createFairQueue(maxConcurrentTasks, run);

  /** A session that never ran ends by the word of the server alone. */
  const endQueued = async (
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

  return {
    queue,
    async stop(sessionId, alongside) {
      const { record } = await sessions.get(sessionId);
      if (isTerminal(record.status)) throw ended(record.status);
      if (queue.remove(sessionId)) return endQueued(sessionId, ['stopping', 'stopped'], alongside);
      await sessions.update(sessionId, ({ record: now }) => {
        if (isTerminal(now.status)) throw ended(now.status);
        if (now.status === 'stopping') return { alongside };
        return { events: [{ at: clock.now(), body: { type: 'status', status: 'stopping' } }], alongside };
      });
      runners.get(sessionId)?.stop();
    },

    async cancel(sessionId) {
      const { record } = await sessions.get(sessionId);
      if (record.archivedAt !== undefined) return;
      if (queue.remove(sessionId)) await endQueued(sessionId, ['cancelled'], []);
      const runner = runners.get(sessionId);
      runner?.cancel();
      await runner?.done;
      await executor.release(sessionId);
      await sessions.update(sessionId, ({ record: now }) => ({
        patch: {
          archivedAt: now.archivedAt ?? timestamp(clock.now()),
          workspace: { ...now.workspace, state: 'released' },
        },
      }));
    },

    async resume() {
      for (const { record } of await sessions.load()) {
        if (record.status === 'queued') {
          queue.add(record.taskId, record.id);
        } else {
          queue.occupy(record.id);
          run(record.id);
        }
      }
    },

    async close(stopSessions) {
      queue.close();
      if (stopSessions) await Promise.all(sessions.live().map(({ record }) => endForShutdown(record.id)));
      for (const runner of runners.values()) runner.letGo();
      await Promise.all([...runners.values()].map(({ done }) => done));
    },
  };

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

const ended = (status: string): Problem =>
  new Problem('wrong-state', { detail: `The session is ${status}; it cannot be stopped any more.` });
