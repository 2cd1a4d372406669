import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultRun } from './fault-test.ts';

/** A disk of its own, in memory. */
export interface SmallDisk {
  readonly path: string;
  /** Takes every byte that is left; gives how many there were. */
  fill(): number;
  /** Gives them back. */
  free(): void;
}

/** Mounts a disk of so many bytes for one run; needs `tmpfs`. */
export const smallDisk = (run: FaultRun, bytes: number): SmallDisk => {
  const path = join(run.folder, 'disk');
  mkdirSync(path);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path], {
    encoding: 'utf8',
  });
  if (mounted.status !== 0) throw new Error(`mount: ${mounted.stderr}`);
  run.finally(() => spawnSync('umount', ['--lazy', path]));
  const filler = join(path, 'filler');
  return {
    path,
    fill: () => fillUp(filler),
    free: () => rmSync(filler, { force: true }),
  };
};

const fillUp = (path: string): number => {
  const file = openSync(path, 'a');
  let taken = 0;
  try {
    for (let piece = 1024 * 1024; piece >= 512; ) {
      try {
        taken += writeSync(file, Buffer.alloc(piece, 1));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        piece /= 4;
      }
    }
  } finally {
    closeSync(file);
  }
  return taken;
};
