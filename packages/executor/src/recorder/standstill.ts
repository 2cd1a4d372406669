import type { Clock } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import type { ProcessTree } from '../process/process-tree.ts';
import { createPausableClock } from './pausable-clock.ts';

/** Whether the agent goes on or stands still, and the time that passes for it. */
export interface Standstill {
  /** Stands still with the agent: what waits for the agent is not late because somebody paused it. */
  readonly agentTime: Clock;
  /** Resolves when every process stands still. Several wishes are met in the order they came. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Resolves while nothing stands still, else when that is over. */
  over(): Promise<void>;
  /** Lets everything go on, for good: the session is being ended. */
  release(): void;
}

export const createStandstill = (tree: ProcessTree, clock: Clock): Standstill => {
  const agentTime = createPausableClock(clock);
  const releasing = new AbortController();
  let standing: PromiseWithResolvers<void> | undefined;
  let last: Promise<void> = Promise.resolve();

  const inTurn = (act: () => Promise<void> | void): Promise<void> => {
    const turn = last.then(act);
    last = turn.catch(() => {});
    return turn;
  };
  const goOn = () => {
    tree.thaw();
    agentTime.resume();
    standing?.resolve();
    standing = undefined;
  };
  const refuseWhenReleased = () => {
    if (releasing.signal.aborted) throw beingEnded();
  };

  return {
    agentTime,
    pause: () =>
      inTurn(async () => {
        refuseWhenReleased();
        standing ??= Promise.withResolvers();
        agentTime.pause();
        try {
          await tree.freeze(releasing.signal);
        } catch (error) {
          goOn();
          throw error;
        }
        refuseWhenReleased();
      }),
    resume: () => inTurn(goOn),
    async over() {
      while (standing !== undefined) await standing.promise;
    },
    release() {
      releasing.abort();
      goOn();
    },
  };
};

export const beingEnded = (): Problem =>
  new Problem('wrong-state', { detail: 'The session is being ended.' });
