import { Problem } from '@agent-harbor/core/problem';

/** How long processes may take to stand still: longer only where the kernel waits for a device. */
export const standstillMs = 10_000;

export const unmoved = (pids: readonly number[]): Problem =>
  new Problem('internal', {
    detail: `Processes ${pids.join(', ')} do not stand still; the session goes on. Try again, or stop it.`,
  });
