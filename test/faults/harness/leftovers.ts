import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The processes that a test left: those that were started in, on or with its folder. Linux only. */
export const processesIn = (folder: string): number[] => {
  if (process.platform !== 'linux') return [];
  const mine = new Set([process.pid, process.ppid]);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => !mine.has(pid) && tell(pid).includes(folder));
};

const tell = (pid: number): string =>
  ['cmdline', 'environ', 'cwd']
    .map((what) => {
      try {
        return what === 'cwd'
          ? readlinkSync(`/proc/${pid}/cwd`)
          : readFileSync(`/proc/${pid}/${what}`, 'latin1');
      } catch {
        // It ended meanwhile, or is somebody else's.
        return '';
      }
    })
    .join('\n');

/** Ends them all, and those that they started meanwhile. */
export const endLeftovers = (folder: string): void => {
  for (let round = 0; round < 20; round++) {
    const pids = processesIn(folder);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
    }
  }
};
