import { execFileSync } from 'node:child_process';
import type { Clock } from '@agent-harbor/core';
import { identityOf, type ProcessIdentity, signalProcess } from './identity.ts';
import type { ProcessTree, TreeOwner } from './process-tree.ts';
import { createSignalFreezer, type Moving } from './signal-freezer.ts';
import { spawnDetached } from './spawn.ts';
import { untilGone } from './until-gone.ts';

/** How often to look while the tree lives: a member that was seen once is not lost any more. */
const lookMs = 1_000;

/**
 * Hosts without control groups and without /proc, such as macOS: members are the first process, its descendants and
 * its process group, as `ps` lists them, and whoever was seen as one before. What escapes: a process that made a group
 * of its own and whose ancestors all ended between two looks.
 */
export const createGroupTree = (owner: TreeOwner, clock: Clock): ProcessTree => {
  let known: readonly Entry[] = [];
  let cancelLook = () => {};

  const pids = () => {
    const root = owner.root();
    const first = root === undefined || isReused(root) ? undefined : root.pid;
    if (first === undefined && known.length === 0) return [];
    known = membersOf(listByPs(), first, known);
    return known.map(({ pid }) => pid);
  };
  const look = () => {
    pids();
    return known;
  };
  const { freeze, thaw } = createSignalFreezer(look, clock);
  const signal = (name: NodeJS.Signals) => {
    for (const pid of pids()) signalProcess(pid, name);
  };
  const keepLooking = () => {
    cancelLook = clock.schedule(lookMs, () => {
      if (pids().length > 0) keepLooking();
    });
  };
  const born: ProcessTree['born'] = (start) => {
    const child = start();
    cancelLook();
    keepLooking();
    return child;
  };
  return {
    prepare: () => Promise.resolve(),
    spawn: (argv, options) => born(() => spawnDetached(argv, options)),
    born,
    pids,
    freeze,
    thaw,
    signal(name) {
      thaw();
      signal(name);
    },
    kill: () =>
      untilGone(clock, pids, () => {
        signal('SIGSTOP');
        signal('SIGKILL');
      }),
    dispose() {
      cancelLook();
      return Promise.resolve();
    },
  };
};

/** Whether a process's number was given to another one; its group keeps the number until its last member ended. */
const isReused = ({ pid, started }: ProcessIdentity): boolean => {
  const now = identityOf(pid);
  return now !== undefined && now.started !== started;
};

interface Entry extends Moving {
  readonly parent: number;
  readonly group: number;
  /** Milliseconds since the epoch, as exact as `ps` tells it. */
  readonly startedAt: number;
}

const membersOf = (
  table: readonly Entry[],
  first: number | undefined,
  known: readonly Entry[],
): readonly Entry[] => {
  const seen = new Map(known.map((entry) => [entry.pid, entry]));
  const isSeen = ({ pid, startedAt }: Entry) =>
    Math.abs((seen.get(pid)?.startedAt ?? Number.NEGATIVE_INFINITY) - startedAt) <= 2_000;
  const members = new Map<number, Entry>();
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const entry of table) {
      const { pid, parent, group } = entry;
      const belongs =
        pid === first || group === first || isSeen(entry) || members.has(group) || members.has(parent);
      if (belongs && pid !== process.pid) members.set(pid, entry);
    }
  }
  return [...members.values()];
};

const listByPs = (): Entry[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,lstart='], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: 'pipe',
    maxBuffer: 64 * 1024 * 1024,
  })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([pid, , , state]) => pid !== undefined && pid !== '' && !state?.startsWith('Z'))
    .map(([pid, parent, group, state = '', ...started]) => ({
      pid: Number(pid),
      motion: /^T/i.test(state) ? 'stopped' : /^[DU]/.test(state) ? 'waiting' : 'running',
      parent: Number(parent),
      group: Number(group),
      startedAt: Date.parse(started.join(' ')),
    }));
