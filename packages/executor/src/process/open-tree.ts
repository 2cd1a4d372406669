import { type Clock, steady } from '@agent-harbor/core';
import { createCgroupTree } from './cgroup-tree.ts';
import { createEnvironmentTree } from './environment-tree.ts';
import { createGroupTree } from './group-tree.ts';
import type { ProcessTree, TreeOwner, TreePlace } from './process-tree.ts';
import { createWindowsTree } from './windows-tree.ts';

/** The tree of a session at its place. Opening it twice, from two processes, gives the same members. */
export const openTree = (place: TreePlace, owner: TreeOwner, timeOfDay: Clock): ProcessTree => {
  const clock = steady(timeOfDay);
  switch (place.kind) {
    case 'cgroup-v2':
    case 'cgroup-v1':
      return createCgroupTree({
        version: place.kind === 'cgroup-v2' ? 2 : 1,
        directory: place.directory,
        clock,
        stragglers: createEnvironmentTree(owner, clock),
      });
    case 'environment':
      return createEnvironmentTree(owner, clock);
    case 'process-group':
      return process.platform === 'win32' ? createWindowsTree(owner, clock) : createGroupTree(owner, clock);
  }
};
