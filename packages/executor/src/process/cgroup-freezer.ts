import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { read } from './cgroup.ts';

/** The brake of one control group: members cannot notice it, and who is born meanwhile stands still, too. */
export interface CgroupFreezer {
  /** Whether the kernel has one for this group; version 2 got it in Linux 5.2. */
  exists(): boolean;
  /** Puts it on or takes it off; it takes a moment to work. */
  set(freeze: boolean): void;
  /** Whether every member stands still. */
  isFrozen(): boolean;
}

export const createCgroupFreezer = (version: 1 | 2, directory: string): CgroupFreezer => {
  const file = join(directory, version === 2 ? 'cgroup.freeze' : 'freezer.state');
  const words = version === 2 ? { on: '1', off: '0' } : { on: 'FROZEN', off: 'THAWED' };
  return {
    exists: () => existsSync(file),
    set(freeze) {
      try {
        writeFileSync(file, freeze ? words.on : words.off, { flag: 'r+' });
      } catch {
        // The group is gone, and its processes with it.
      }
    },
    isFrozen: () =>
      version === 2
        ? /^frozen 1$/m.test(read(join(directory, 'cgroup.events')))
        : read(file).trim() === words.on,
  };
};
