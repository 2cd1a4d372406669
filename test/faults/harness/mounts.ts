import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { FaultRun } from './fault-test.ts';

/** The file systems that a disk image may hold. */
export type FileSystem = 'ext4' | 'xfs';

/** A disk of the server, in a file that can be copied as it is at a moment. */
export interface CuttableDisk {
  /** Where it is mounted. */
  readonly path: string;
  /**
   * The power goes: what the disk holds at this moment, in a file of its own. What the kernel has not written to the
   * disk yet is not in it.
   */
  cut(): Promise<CutDisk>;
}

export interface CutDisk {
  /** Mounts what is left, acts, and lets go of it. */
  mounted<Result>(act: (path: string) => Promise<Result>): Promise<Result>;
}

const make = {
  ext4: ['mkfs.ext4', '-q', '-F'],
  xfs: ['mkfs.xfs', '-q', '-f'],
} as const satisfies Record<FileSystem, readonly string[]>;

/**
 * A file system in an image, on a file system that can copy a file in one moment (xfs, by reflink): a copy that takes
 * its time would be a disk that never was.
 */
export const mountCuttableDisk = async (run: FaultRun, inner: FileSystem): Promise<CuttableDisk> => {
  const shelf = join(run.folder, 'shelf');
  await image(join(run.folder, 'shelf.img'), '2G', 'xfs');
  await mount(run, join(run.folder, 'shelf.img'), shelf);
  const disk = join(shelf, 'disk.img');
  const path = join(run.folder, 'disk');
  await image(disk, '320M', inner);
  await mount(run, disk, path);
  let cuts = 0;
  return {
    path,
    async cut() {
      cuts += 1;
      const copy = join(shelf, `cut-${cuts}.img`);
      await execa('cp', ['--reflink=always', disk, copy]);
      return {
        async mounted(act) {
          const place = join(run.folder, `cut-${cuts}`);
          mkdirSync(place, { recursive: true });
          // Two images of one file system have one name.
          await execa('mount', ['-o', inner === 'xfs' ? 'loop,nouuid' : 'loop', copy, place]);
          try {
            return await act(place);
          } finally {
            await unmount(place);
            await execa('rm', [copy]);
          }
        },
      };
    },
  };
};

const image = async (path: string, size: string, fileSystem: FileSystem): Promise<void> => {
  await execa('truncate', ['-s', size, path]);
  await execa(make[fileSystem][0], [...make[fileSystem].slice(1), path]);
};

const mount = async (run: FaultRun, file: string, place: string): Promise<void> => {
  mkdirSync(place, { recursive: true });
  await execa('mount', ['-o', 'loop', file, place]);
  run.finally(() => unmount(place));
};

/** Whoever still has a file open there ends in a moment. */
const unmount = async (place: string): Promise<void> => {
  for (let attempt = 0; ; attempt++) {
    const { exitCode, stderr } = await execa('umount', [place], { reject: false });
    if (exitCode === 0) return;
    if (attempt === 50) throw new Error(`${place} cannot be unmounted: ${stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
