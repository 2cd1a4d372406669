import { execFileSync } from 'node:child_process';
import type { Clock } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import { isRunning } from './identity.ts';
import type { ProcessTree, TreeOwner } from './process-tree.ts';
import { spawnDetached } from './spawn.ts';
import { untilGone } from './until-gone.ts';

/**
 * Windows: `taskkill /T` ends a process with its descendants. What escapes: a descendant whose ancestors ended before.
 * There are no signals, so asking to end and ending are the same, and nobody can be made to stand still.
 */
export const createWindowsTree = (owner: TreeOwner, clock: Clock): ProcessTree => {
  const pids = () => {
    const root = owner.root();
    return root !== undefined && isRunning(root) ? [root.pid] : [];
  };
  const end = () => {
    for (const pid of pids()) {
      try {
        execFileSync('taskkill', ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
      } catch {
        // It ended by itself in the meantime.
      }
    }
  };
  return {
    prepare: () => Promise.resolve(),
    spawn: spawnDetached,
    born: (start) => start(),
    pids,
    signal: end,
    freeze: () => Promise.reject(new Problem('pause-unsupported')),
    thaw: () => {},
    kill: () => untilGone(clock, pids, end),
    dispose: () => Promise.resolve(),
  };
};
