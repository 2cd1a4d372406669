import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { canPin } from './process/pin.ts';

/** What has to be known of a machine to read its figures; nothing that tells which one it is. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly date: string;
  /** Whether server and load had a core each. */
  readonly pinned: boolean;
  /** How many processes wanted to run on average in the minute before, by the kernel. */
  readonly load: number | undefined;
}

export const describeMachine = (now: Date): Machine => ({
  // Not what this process may use: it keeps to one of them.
  cores: cpus().length,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  kernel: `${process.platform} ${/^\d+\.\d+/.exec(release())?.[0] ?? ''}`,
  node: process.version,
  date: now.toISOString().slice(0, 10),
  pinned: canPin,
  load: loadAverage(),
});

const loadAverage = (): number | undefined => {
  try {
    return Number(readFileSync('/proc/loadavg', 'latin1').split(' ')[0]);
  } catch {
    return undefined;
  }
};
