import type { Clock } from '@agent-harbor/core';
import { identityOf, type ProcessIdentity, signalProcess } from './identity.ts';
import { hasVariable, listProcesses, motionOf, type ProcessEntry } from './proc.ts';
import { type ProcessTree, sessionVariable, type TreeOwner } from './process-tree.ts';
import { createSignalFreezer } from './signal-freezer.ts';
import { spawnDetached } from './spawn.ts';
import { untilGone } from './until-gone.ts';

/**
 * Linux without a writable control group: members carry the session's variable in the environment they were started
 * with, or are children, or in the terminal session, of a member. What escapes: a process that was started with
 * another environment and whose ancestors all ended before somebody looked.
 */
export const createEnvironmentTree = (owner: TreeOwner, clock: Clock): ProcessTree => {
  const marker = `${sessionVariable}=${owner.sessionId}`;
  const pids = () => membersOf(listProcesses(), marker, sessionOf(owner.root())).map(({ pid }) => pid);
  const signal = (name: NodeJS.Signals) => {
    for (const pid of pids()) signalProcess(pid, name);
  };
  const { freeze, thaw } = createSignalFreezer(
    () => pids().map((pid) => ({ pid, motion: motionOf(pid) })),
    clock,
  );
  return {
    prepare: () => Promise.resolve(),
    spawn: spawnDetached,
    born: (start) => start(),
    pids,
    freeze,
    thaw,
    signal(name) {
      thaw();
      signal(name);
    },
    kill: () =>
      untilGone(clock, pids, () => {
        stopAll(pids);
        signal('SIGKILL');
      }),
    dispose: () => Promise.resolve(),
  };
};

/** Stopped processes have no more children: once a look finds none that is new, all are known. */
const stopAll = (pids: () => readonly number[]): void => {
  const stopped = new Set<number>();
  for (let found = pids(); found.some((pid) => !stopped.has(pid)); found = pids()) {
    for (const pid of found) {
      signalProcess(pid, 'SIGSTOP');
      stopped.add(pid);
    }
  }
};

/** The terminal session the first process led; undefined once its number was given to somebody else. */
const sessionOf = (root: ProcessIdentity | undefined): number | undefined => {
  if (root === undefined) return undefined;
  const now = identityOf(root.pid);
  return now === undefined || now.started === root.started ? root.pid : undefined;
};

const membersOf = (
  table: readonly ProcessEntry[],
  marker: string,
  ownSession: number | undefined,
): ProcessEntry[] => {
  const members = new Set<number>();
  const others = new Set(table.filter(({ pid }) => pid !== process.pid));
  const belongs = ({ pid, parent, session }: ProcessEntry) =>
    members.has(parent) || session === ownSession || hasVariable(pid, marker);
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const entry of others) {
      if (!belongs(entry)) continue;
      members.add(entry.pid);
      others.delete(entry);
    }
  }
  return table.filter(({ pid }) => members.has(pid));
};
