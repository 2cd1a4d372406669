import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@agent-harbor/core';
import { findHierarchies, type Hierarchy, makeGroup, membersOf, moveInto } from './cgroup.ts';
import { createCgroupFreezer } from './cgroup-freezer.ts';
import { createCgroupTree, discardGroup } from './cgroup-tree.ts';
import type { ProcessTree, TreePlace } from './process-tree.ts';

/** How this host finds the processes of a session, and where it puts the tree of one. */
export interface Tracking {
  readonly kind: TreePlace['kind'];
  /** How the processes of a session are made to stand still. */
  readonly pause: 'none' | 'freeze' | 'signal';
  place(sessionId: string): TreePlace;
}

/**
 * Finds out by trying: a group is made, a process moved into it, frozen and killed there. What mounts and versions promise is
 * often not allowed to the user the server runs as. `name` keeps the groups of two state directories apart.
 */
export const probeTracking = async (name: string, clock: Clock): Promise<Tracking> => {
  if (process.platform !== 'linux') return plain('process-group');
  const hierarchies = [...findHierarchies()].sort((a, b) => b.version - a.version);
  for (const hierarchy of hierarchies) {
    const base = join(hierarchy.own, name);
    const pause = await tryGroup(hierarchy, base, clock);
    if (pause === undefined) continue;
    const kind = hierarchy.version === 2 ? 'cgroup-v2' : 'cgroup-v1';
    return { kind, pause, place: (sessionId) => ({ kind, directory: join(base, sessionId) }) };
  }
  return plain('environment');
};

const plain = (kind: 'environment' | 'process-group'): Tracking => ({
  kind,
  pause: process.platform === 'win32' ? 'none' : 'signal',
  place: () => ({ kind }),
});

/** How a group made here can be made to stand still; undefined when this process may not use one at all. */
const tryGroup = async (
  { version, own }: Hierarchy,
  base: string,
  clock: Clock,
): Promise<Tracking['pause'] | undefined> => {
  const directory = join(base, `probe-${process.pid}`);
  const [program, ...args] = idler();
  const guinea = spawn(program, args, { env: {}, stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(guinea, 'exit').catch(() => []);
  try {
    await once(guinea, 'spawn');
    const { pid } = guinea;
    if (pid === undefined) return undefined;
    makeGroup(directory);
    moveInto(directory, pid);
    // A recorder enters and leaves; not every host lets a process go back.
    moveInto(own, pid);
    moveInto(directory, pid);
    if (!membersOf(directory).includes(pid)) return undefined;
    const tree = createCgroupTree({ version, directory, clock, stragglers: nobody });
    await tree.freeze(new AbortController().signal);
    await tree.kill();
    return createCgroupFreezer(version, directory).exists() ? 'freeze' : 'signal';
  } catch {
    return undefined;
  } finally {
    guinea.kill('SIGKILL');
    await ended;
    await discardGroup(directory, clock);
  }
};

/** Waits for its input to end, so that it ends with this process in any case. Every start of a server waits for it. */
const idler = (): [program: string, ...args: string[]] =>
  existsSync('/bin/cat') ? ['/bin/cat'] : [process.execPath, '-e', 'process.stdin.resume()'];

const refuse = (): never => {
  throw new Error('Nothing is started here.');
};
const nobody: ProcessTree = {
  prepare: () => Promise.resolve(),
  spawn: refuse,
  born: refuse,
  pids: () => [],
  signal: () => {},
  freeze: () => Promise.resolve(),
  thaw: () => {},
  kill: () => Promise.resolve(),
  dispose: () => Promise.resolve(),
};
