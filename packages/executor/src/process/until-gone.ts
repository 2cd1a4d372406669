import type { Clock } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import { wait } from './wait.ts';

/** How long processes may take to die of SIGKILL: longer only where the kernel waits for a device. */
const deadlineMs = 15_000;

/** Repeats `strike` until there are no processes; a process born meanwhile is met by the next round. */
export const untilGone = async (
  clock: Clock,
  pids: () => readonly number[],
  strike: (pids: readonly number[]) => void | Promise<void>,
): Promise<void> => {
  const deadline = clock.now() + deadlineMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(50, pauseMs * 2)) {
    const left = pids();
    if (left.length === 0) return;
    if (clock.now() > deadline) {
      throw new Problem('internal', {
        detail: `Processes ${left.join(', ')} do not end although they were killed.`,
      });
    }
    await strike(left);
    await wait(clock, pauseMs);
  }
};
