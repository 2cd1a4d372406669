import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@agent-harbor/core';
import { findHierarchies, makeGroup, membersOf, moveInto, read, removeGroup } from './cgroup.ts';
import { signalProcess } from './identity.ts';
import type { ProcessTree } from './process-tree.ts';
import { spawnDetached } from './spawn.ts';
import { untilGone } from './until-gone.ts';
import { wait } from './wait.ts';

export interface CgroupTreeOptions {
  readonly version: 1 | 2;
  /** The session's own group. */
  readonly directory: string;
  readonly clock: Clock;
  /** Finds members by other signs: an agent with the right to do so may have left the group. */
  readonly stragglers: ProcessTree;
}

/** Members are in the session's control group, wherever they went in the process table. */
export const createCgroupTree = ({
  version,
  directory,
  clock,
  stragglers,
}: CgroupTreeOptions): ProcessTree => {
  const inGroup = () => membersOf(directory);
  const pids = () => [...new Set([...inGroup(), ...stragglers.pids()])].filter((pid) => pid !== process.pid);
  return {
    spawn: (argv, options) => inside(version, directory, () => spawnDetached(argv, options)),
    pids,
    signal(name) {
      setFrozen(version, directory, false);
      for (const pid of pids()) signalProcess(pid, name);
    },
    async kill() {
      await untilGone(clock, inGroup, () => killGroup(version, directory, clock));
      await stragglers.kill();
    },
    dispose: () => discardGroup(directory, clock),
  };
};

/** Removes a group whose processes have just died; one that stays busy is left behind, empty, and costs nothing. */
export const discardGroup = async (directory: string, clock: Clock): Promise<void> => {
  for (let attempt = 0; attempt < 50 && !removeGroup(directory); attempt++) await wait(clock, 20);
};

/**
 * Enters the group, acts, and leaves it: what is spawned meanwhile is born a member. All of it happens within one
 * turn of the event loop, so nothing else that this process starts gets into the group.
 */
const inside = <Result>(version: 1 | 2, directory: string, act: () => Result): Result => {
  const home = findHierarchies().find((hierarchy) => hierarchy.version === version)?.own;
  if (home === undefined) throw new Error(`There is no cgroup v${version} hierarchy any more.`);
  makeGroup(directory);
  moveInto(directory, process.pid);
  try {
    return act();
  } finally {
    moveInto(home, process.pid);
  }
};

const killGroup = async (version: 1 | 2, directory: string, clock: Clock): Promise<void> => {
  const killFile = join(directory, 'cgroup.kill');
  if (version === 2 && existsSync(killFile)) {
    writeFileSync(killFile, '1');
    return;
  }
  // Frozen processes have no more children, so all are met. In version 1 they die when they are thawed.
  setFrozen(version, directory, true);
  await frozen(version, directory, clock);
  for (const pid of membersOf(directory)) signalProcess(pid, 'SIGKILL');
  setFrozen(version, directory, false);
};

/** Waits a moment for the freeze; a process in the midst of a system call may take longer, and is met later. */
const frozen = async (version: 1 | 2, directory: string, clock: Clock): Promise<void> => {
  for (let attempt = 0; attempt < 20; attempt++) {
    const isFrozen =
      version === 2
        ? /^frozen 1$/m.test(read(join(directory, 'cgroup.events')))
        : read(join(directory, 'freezer.state')).trim() === 'FROZEN';
    if (isFrozen) return;
    await wait(clock, 5);
  }
};

const setFrozen = (version: 1 | 2, directory: string, freeze: boolean): void => {
  try {
    if (version === 2) writeFileSync(join(directory, 'cgroup.freeze'), freeze ? '1' : '0', { flag: 'r+' });
    else writeFileSync(join(directory, 'freezer.state'), freeze ? 'FROZEN' : 'THAWED', { flag: 'r+' });
  } catch {
    // The group is gone, and its processes with it.
  }
};
