import { execFileSync } from 'node:child_process';
import type { Clock } from '@agent-harbor/core';
import { identityOf, signalProcess } from './identity.ts';
import type { ProcessTree, TreeOwner } from './process-tree.ts';
import { spawnDetached } from './spawn.ts';
import { untilGone } from './until-gone.ts';

/**
 * Hosts without control groups and without /proc, such as macOS: members are the first process, its descendants and
 * its process group, as `ps` lists them. What escapes: a process that made a group of its own and whose ancestors all
 * ended before somebody looked.
 */
export const createGroupTree = (owner: TreeOwner, clock: Clock): ProcessTree => {
  const pids = () => {
    const root = owner.root();
    if (root === undefined) return [];
    const now = identityOf(root.pid);
    // Its number was given to somebody else.
    if (now !== undefined && now.started !== root.started) return [];
    return membersOf(listByPs(), root.pid);
  };
  const signal = (name: NodeJS.Signals) => {
    for (const pid of pids()) signalProcess(pid, name);
  };
  return {
    spawn: spawnDetached,
    pids,
    signal,
    kill: () =>
      untilGone(clock, pids, () => {
        signal('SIGSTOP');
        signal('SIGKILL');
      }),
    dispose: () => Promise.resolve(),
  };
};

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

const membersOf = (table: readonly Entry[], root: number): number[] => {
  const members = new Set<number>();
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const { pid, parent, group } of table) {
      if (pid === root || group === root || members.has(parent)) members.add(pid);
    }
  }
  return [...members].filter((pid) => pid !== process.pid);
};

const listByPs = (): Entry[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat='], { encoding: 'utf8', stdio: 'pipe' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([pid, , , state]) => pid !== undefined && pid !== '' && !state?.startsWith('Z'))
    .map(([pid, parent, group]) => ({ pid: Number(pid), parent: Number(parent), group: Number(group) }));
