import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What starting a program takes on a machine with nothing else to do, milliseconds: many take less. */
const usualMs = 100;
const program =
  "require('node:fs').writeSync(1, String(process.cpuUsage().user + process.cpuUsage().system))";

/**
 * How many times slower than usual this machine is now, because others use it; at least 1. Limits in seconds are
 * promises for a machine that is there for the server. A program that is given half a processor takes twice what it
 * works.
 */
export const slowness = async (): Promise<number> => {
  let [tookMs, workedMs] = [0, 0];
  for (let round = 0; round < 3; round++) {
    const since = performance.now();
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (text: Buffer) => {
      said += text;
    });
    await once(child, 'close');
    tookMs += performance.now() - since;
    workedMs += Number(said) / 1000;
  }
  return Math.max(1, tookMs / 3 / usualMs, tookMs / workedMs / 1.5);
};
