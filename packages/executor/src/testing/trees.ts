import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { findHierarchies, makeGroup, moveInto, removeGroup } from '../process/cgroup.ts';
import { discardGroup } from '../process/cgroup-tree.ts';
import { identityOf, type ProcessIdentity } from '../process/identity.ts';
import { openTree } from '../process/open-tree.ts';
import { type ProcessTree, sessionVariable, type TreePlace } from '../process/process-tree.ts';
import { systemClock } from '../recorder/system-clock.ts';
import { node } from './programs.ts';

/** The control group of a test file's trees. */
export const ownGroup = `ah-test-${process.pid}`;

/** Every way to keep a tree; without a place where this host does not have it. Call it once in a file. */
export const treePlaces = (): readonly {
  readonly name: string;
  readonly kind: TreePlace['kind'];
  readonly place: TreePlace | undefined;
}[] => {
  afterAll(async () => {
    for (const { own } of findHierarchies()) await discardGroup(join(own, ownGroup, 'guinea'), systemClock);
  });
  const environment: TreePlace = { kind: 'environment' };
  const processGroup: TreePlace = { kind: 'process-group' };
  return [
    { name: 'cgroup v2', kind: 'cgroup-v2', place: cgroup(2) },
    { name: 'cgroup v1', kind: 'cgroup-v1', place: cgroup(1) },
    {
      name: 'environment',
      kind: 'environment',
      place: process.platform === 'linux' ? environment : undefined,
    },
    {
      name: 'process group',
      kind: 'process-group',
      place: process.platform === 'win32' ? undefined : processGroup,
    },
  ];
};

/** A tree at a place of its own; whatever the test does, no process of it is left behind. */
export const openTestTree = (place: TreePlace) => {
  const sessionId = `test-${Math.random().toString(36).slice(2)}`;
  let root: ProcessIdentity | undefined;
  const placed = 'directory' in place ? { ...place, directory: join(place.directory, sessionId) } : place;
  const tree: ProcessTree = openTree(placed, { sessionId, root: () => root }, systemClock);
  onTestFinished(async () => {
    await tree.kill();
    await tree.dispose();
  });
  const start = (code: string): ChildProcess => {
    const started = tree.spawn(node(code), {
      cwd: '/',
      env: { PATH: process.env.PATH ?? '', [sessionVariable]: sessionId },
      stdin: 'ignore',
    });
    root = identityOf(started.pid ?? 0);
    return started;
  };
  return { tree, start };
};

const cgroup = (version: 1 | 2): TreePlace | undefined => {
  const base = findHierarchies().find((hierarchy) => hierarchy.version === version)?.own;
  if (base === undefined || !isWritable(join(base, ownGroup))) return undefined;
  return { kind: `cgroup-v${version}`, directory: join(base, ownGroup) };
};

const isWritable = (base: string): boolean => {
  const directory = join(base, 'guinea');
  try {
    makeGroup(directory);
    const guinea = spawn('sleep', ['5']);
    moveInto(directory, guinea.pid ?? 0);
    guinea.kill('SIGKILL');
    return true;
  } catch {
    return false;
  } finally {
    removeGroup(directory);
  }
};
