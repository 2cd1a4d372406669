import type { Clock } from '@agent-harbor/core';
import { signalProcess } from './identity.ts';
import type { ProcessTree } from './process-tree.ts';
import { standstillMs, unmoved } from './standstill.ts';
import { wait } from './wait.ts';

/** A process, and whether it can use the processor. `waiting`: it cannot before a stop meets it. */
export interface Moving {
  readonly pid: number;
  readonly motion: 'running' | 'waiting' | 'stopped';
}

/** How long a process may wait in the kernel before it is taken for standing still: most waits are short. */
const waitingMs = 1_000;

/**
 * Makes processes stand still one by one, by SIGSTOP, as `look` finds them. Who starts another one just before it stops
 * is met by the next look, so only a second look that finds nobody moving ends it. A process that had stopped by itself
 * stays stopped afterwards. Unlike a frozen group, the processes can notice: a parent is told that its child stopped.
 */
export const createSignalFreezer = (
  look: () => readonly Moving[],
  clock: Clock,
): Pick<ProcessTree, 'freeze' | 'thaw'> => {
  const stopped = new Set<number>();
  const stoppedBefore = new Set<number>();

  /** Stops who moves; the ones that do not stand still yet. */
  const strike = (mayWait: boolean): number[] => {
    const moving: number[] = [];
    for (const { pid, motion } of look()) {
      if (motion === 'stopped' && !stopped.has(pid)) stoppedBefore.add(pid);
      if (motion === 'stopped' || (motion === 'waiting' && mayWait && stopped.has(pid))) continue;
      moving.push(pid);
      stoppedBefore.delete(pid);
      stopped.add(pid);
      signalProcess(pid, 'SIGSTOP');
    }
    return moving;
  };
  const thaw = () => {
    if (stopped.size === 0) return;
    for (const { pid } of look()) if (!stoppedBefore.has(pid)) signalProcess(pid, 'SIGCONT');
    stopped.clear();
    stoppedBefore.clear();
  };
  return {
    thaw,
    async freeze(signal) {
      const begun = clock.now();
      for (let pauseMs = 1, quiet = 0; !signal.aborted; pauseMs = Math.min(20, pauseMs * 2)) {
        const moving = strike(clock.now() - begun >= waitingMs);
        quiet = moving.length === 0 ? quiet + 1 : 0;
        if (quiet === 2) return;
        if (quiet === 1) continue;
        if (clock.now() - begun > standstillMs) {
          thaw();
          throw unmoved(moving);
        }
        await wait(clock, pauseMs, signal);
      }
    },
  };
};
