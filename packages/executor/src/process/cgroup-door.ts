import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findHierarchies, makeGroup, moveInto } from './cgroup.ts';

/** How this process puts what it starts into a group: it goes in, starts it, and comes out again. */
export interface CgroupDoor {
  /** Goes in, without holding up this process: the kernel may take 20 ms for it. What fails here fails in `inside`. */
  enter(): Promise<void>;
  /**
   * Acts inside: what is spawned meanwhile is born a member. It happens within one turn of the event loop, so nothing else
   * that this process starts gets into the group, unless it was entered before.
   */
  inside<Result>(act: () => Result): Result;
  /** Comes out, in case it was entered for nothing. */
  leave(): void;
}

export const createCgroupDoor = (version: 1 | 2, directory: string): CgroupDoor => {
  let entering: Promise<void> | undefined;
  let isInside = false;
  let home = '';
  const prepare = () => {
    home = homeOf(version);
    makeGroup(directory);
  };
  const leave = () => {
    if (!isInside) return;
    moveInto(home, process.pid);
    isInside = false;
  };
  const enter = async () => {
    try {
      prepare();
      await writeFile(join(directory, 'cgroup.procs'), String(process.pid));
      isInside = true;
    } catch {
      // Whoever acts inside tries it again, and is told.
    }
  };
  return {
    enter: () => {
      entering ??= enter();
      return entering;
    },
    inside(act) {
      if (!isInside) {
        prepare();
        moveInto(directory, process.pid);
        isInside = true;
        // Who is on the way in comes out, too.
        void entering?.then(leave);
      }
      try {
        return act();
      } finally {
        leave();
      }
    },
    leave,
  };
};

const homeOf = (version: 1 | 2): string => {
  const home = findHierarchies().find((hierarchy) => hierarchy.version === version)?.own;
  if (home === undefined) throw new Error(`There is no cgroup v${version} hierarchy any more.`);
  return home;
};
