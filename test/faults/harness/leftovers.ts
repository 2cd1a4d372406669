import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

/** What folders of tests are called: by the process of their test. */
export const folderPrefix = `ah-fault-${process.pid}-`;

/** Puts away what tests left that were ended before they could: processes, mounts, folders. Linux only. */
export const sweepLeftovers = (): void => {
  if (process.platform !== 'linux') return;
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = /^ah-fault-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    const folder = join(tmpdir(), name);
    endLeftovers(`${folder}/`);
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
    // The last one first: it may lie in one before.
    for (const place of mounts.map((line) => line.split(' ')[1] ?? '').reverse())
      if (place.startsWith(`${folder}/`)) spawnSync('umount', [place]);
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Somebody else's, or still mounted.
    }
  }
};
