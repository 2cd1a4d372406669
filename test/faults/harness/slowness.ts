import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What starting a program takes on a machine with nothing else to do, milliseconds: many take less. */
const usualMs = 100;

/**
 * How many times slower than usual this machine is now, because others use it; at least 1. Limits in seconds are
 * promises for a machine that is there for the server.
 */
export const slowness = async (): Promise<number> => {
  const since = performance.now();
  for (let round = 0; round < 3; round++) await once(spawn(process.execPath, ['-e', '0']), 'close');
  return Math.max(1, (performance.now() - since) / 3 / usualMs);
};
