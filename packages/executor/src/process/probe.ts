import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Clock } from '@agent-harbor/core';
import { findHierarchies, type Hierarchy, makeGroup, membersOf, moveInto } from './cgroup.ts';
import { createCgroupTree, discardGroup } from './cgroup-tree.ts';
import type { ProcessTree, TreePlace } from './process-tree.ts';

/** How this host finds the processes of a session, and where it puts the tree of one. */
export interface Tracking {
  readonly kind: TreePlace['kind'];
  place(sessionId: string): TreePlace;
}

/**
 * Finds out by trying: a group is made, a process moved into it and killed there. What mounts and versions promise is
 * often not allowed to the user the server runs as. `name` keeps the groups of two state directories apart.
 */
export const probeTracking = async (name: string, clock: Clock): Promise<Tracking> => {
  if (process.platform !== 'linux') return plain('process-group');
  const hierarchies = [...findHierarchies()].sort((a, b) => b.version - a.version);
  for (const hierarchy of hierarchies) {
    const base = join(hierarchy.own, name);
    if (!(await works(hierarchy, base, clock))) continue;
    const kind = hierarchy.version === 2 ? 'cgroup-v2' : 'cgroup-v1';
    return { kind, place: (sessionId) => ({ kind, directory: join(base, sessionId) }) };
  }
  return plain('environment');
};

const plain = (kind: 'environment' | 'process-group'): Tracking => ({ kind, place: () => ({ kind }) });

const works = async ({ version, own }: Hierarchy, base: string, clock: Clock): Promise<boolean> => {
  const directory = join(base, `probe-${process.pid}`);
  // It waits for its input to end, so that it ends with this process in any case.
  const guinea = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(guinea, 'exit').catch(() => []);
  try {
    await once(guinea, 'spawn');
    const { pid } = guinea;
    if (pid === undefined) return false;
    makeGroup(directory);
    moveInto(directory, pid);
    // A recorder enters and leaves; not every host lets a process go back.
    moveInto(own, pid);
    moveInto(directory, pid);
    if (!membersOf(directory).includes(pid)) return false;
    await createCgroupTree({ version, directory, clock, stragglers: nobody }).kill();
    return true;
  } catch {
    return false;
  } finally {
    guinea.kill('SIGKILL');
    await ended;
    await discardGroup(directory, clock);
  }
};

const nobody: ProcessTree = {
  spawn: () => {
    throw new Error('Nothing is started here.');
  },
  pids: () => [],
  signal: () => {},
  kill: () => Promise.resolve(),
  dispose: () => Promise.resolve(),
};
