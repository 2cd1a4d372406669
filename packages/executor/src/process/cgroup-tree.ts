import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@agent-harbor/core';
import { membersOf, removeGroup } from './cgroup.ts';
import { createCgroupDoor } from './cgroup-door.ts';
import { createCgroupFreezer } from './cgroup-freezer.ts';
import { signalProcess } from './identity.ts';
import { motionOf } from './proc.ts';
import type { ProcessTree } from './process-tree.ts';
import { createSignalFreezer } from './signal-freezer.ts';
import { spawnDetached } from './spawn.ts';
import { standstillMs, unmoved } from './standstill.ts';
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
  const freezer = createCgroupFreezer(version, directory);
  const door = createCgroupDoor(version, directory);
  /** Without this process, which is inside for a moment before it spawns. */
  const inGroup = () => membersOf(directory).filter((pid) => pid !== process.pid);
  const pids = () => [...new Set([...inGroup(), ...stragglers.pids()])].filter((pid) => pid !== process.pid);
  /** Whom freezing the group does not reach: who left it, or everybody where the kernel cannot freeze one. */
  const others = () => {
    const reached = freezer.exists() ? new Set(inGroup()) : new Set();
    return pids().filter((pid) => !reached.has(pid));
  };
  const oneByOne = createSignalFreezer(() => others().map((pid) => ({ pid, motion: motionOf(pid) })), clock);
  const isSettled = () => !freezer.exists() || inGroup().length === 0 || freezer.isFrozen();
  const thaw = () => {
    freezer.set(false);
    oneByOne.thaw();
  };
  return {
    prepare: () => door.enter(),
    spawn: (argv, options) => door.inside(() => spawnDetached(argv, options)),
    born: (start) => door.inside(start),
    pids,
    thaw,
    async freeze(signal) {
      const deadline = clock.now() + standstillMs;
      try {
        for (let pauseMs = 1; !signal.aborted; pauseMs = Math.min(20, pauseMs * 2)) {
          // An empty group is left alone: a process that enters a frozen one, as this one does to spawn, stays there.
          if (inGroup().length > 0) freezer.set(true);
          await oneByOne.freeze(signal);
          // Who is outside could take the brake off until it stands still itself, so this is asked last.
          if (isSettled()) return;
          if (clock.now() > deadline) throw unmoved(inGroup());
          await wait(clock, pauseMs, signal);
        }
      } catch (error) {
        thaw();
        throw error;
      }
    },
    signal(name) {
      thaw();
      for (const pid of pids()) signalProcess(pid, name);
    },
    async kill() {
      door.leave();
      await untilGone(clock, inGroup, () => killGroup(version, directory, clock));
      await stragglers.kill();
    },
    dispose() {
      door.leave();
      return discardGroup(directory, clock);
    },
  };
};

/** Removes a group whose processes have just died; one that stays busy is left behind, empty, and costs nothing. */
export const discardGroup = async (directory: string, clock: Clock): Promise<void> => {
  for (let attempt = 0; attempt < 50 && !removeGroup(directory); attempt++) await wait(clock, 20);
};

const killGroup = async (version: 1 | 2, directory: string, clock: Clock): Promise<void> => {
  const killFile = join(directory, 'cgroup.kill');
  if (version === 2 && existsSync(killFile)) {
    writeFileSync(killFile, '1');
    return;
  }
  // Frozen processes have no more children, so all are met. In version 1 they die when they are thawed.
  const freezer = createCgroupFreezer(version, directory);
  freezer.set(true);
  // Who is in the midst of a system call may take longer, and is met later.
  for (let attempt = 0; attempt < 20 && !freezer.isFrozen(); attempt++) await wait(clock, 5);
  for (const pid of membersOf(directory)) signalProcess(pid, 'SIGKILL');
  freezer.set(false);
};
