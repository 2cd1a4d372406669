import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../recorder/system-clock.ts';
import { detached, node, stayAndSayPid } from '../testing/programs.ts';
import { findHierarchies, makeGroup, moveInto, removeGroup } from './cgroup.ts';
import { discardGroup } from './cgroup-tree.ts';
import { identityOf, type ProcessIdentity } from './identity.ts';
import { openTree } from './open-tree.ts';
import { probeTracking } from './probe.ts';
import { type ProcessTree, sessionVariable, type TreePlace } from './process-tree.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const isLinux = process.platform === 'linux';
const ownGroup = `ah-test-${process.pid}`;

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

afterAll(async () => {
  for (const { own } of findHierarchies()) await discardGroup(join(own, ownGroup, 'guinea'), systemClock);
});

interface Member {
  readonly name: string;
  readonly code: string;
}

const child: Member = {
  name: 'a child',
  code: `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stayAndSayPid)}], { stdio: 'inherit' })`,
};
const ownGroupChild: Member = {
  name: 'a child in a group of its own, with another environment',
  code: `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stayAndSayPid)}], { stdio: 'inherit', detached: true, env: {} })`,
};
const orphan: Member = { name: 'an orphan in a terminal session of its own', code: detached(stayAndSayPid) };
const namelessOrphan: Member = {
  name: 'an orphan in a terminal session of its own, with another environment',
  code: detached(stayAndSayPid, '{}'),
};

/** What each driver finds; what it cannot is written in its file. */
const drivers: readonly { place: TreePlace | undefined; name: string; finds: readonly Member[] }[] = [
  { name: 'cgroup v2', place: cgroup(2), finds: [child, ownGroupChild, orphan, namelessOrphan] },
  { name: 'cgroup v1', place: cgroup(1), finds: [child, ownGroupChild, orphan, namelessOrphan] },
  {
    name: 'environment',
    place: isLinux ? { kind: 'environment' } : undefined,
    finds: [child, ownGroupChild, orphan],
  },
  {
    name: 'process group',
    place: process.platform === 'win32' ? undefined : { kind: 'process-group' },
    finds: [child, ownGroupChild],
  },
];

const open = (place: TreePlace) => {
  const sessionId = `test-${Math.random().toString(36).slice(2)}`;
  let root: ProcessIdentity | undefined;
  const placed = 'directory' in place ? { ...place, directory: join(place.directory, sessionId) } : place;
  const tree = openTree(placed, { sessionId, root: () => root }, systemClock);
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

const firstPid = async (started: ChildProcess): Promise<number> => {
  if (started.stdout === null) throw new Error('No output.');
  const [line] = await once(createInterface(started.stdout), 'line');
  return Number(line);
};

const alive = (tree: ProcessTree, pid: number) => tree.pids().includes(pid) || identityOf(pid) !== undefined;

for (const { name, place, finds } of drivers) {
  describe.skipIf(place === undefined)(`a tree by ${name}`, () => {
    if (place === undefined) return;
    for (const member of finds) {
      test(`finds and kills ${member.name}`, async () => {
        const { tree, start } = open(place);
        const root = start(`${member.code}; setInterval(() => {}, 1000)`);
        const pid = await firstPid(root);
        expect(tree.pids()).toEqual(expect.arrayContaining([root.pid, pid]));

        await tree.kill();

        expect(tree.pids()).toEqual([]);
        expect(alive(tree, pid)).toBe(false);
        expect(identityOf(process.pid)).toBeDefined();
      });
    }

    test('sends signals to all', async () => {
      const { tree, start } = open(place);
      const code = `process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log(process.pid)`;
      const root = start(code);
      await firstPid(root);
      tree.signal('SIGTERM');
      expect(await once(root, 'exit')).toEqual([7, null]);
    });

    test('kills who multiply faster than one looks', async () => {
      const { tree, start } = open(place);
      // Every generation starts the next one and goes; the generations are counted, so that a failure ends.
      const generation = `
        const left = Number(process.argv[1] ?? 300);
        if (left === 298) console.log(process.pid);
        if (left > 0) {
          const { spawn } = require('node:child_process');
          spawn(process.execPath, ['-e', process.env.CODE, String(left - 1)], { stdio: 'inherit' });
          setTimeout(() => {}, 200);
        }`;
      const root = start(
        `process.env.CODE = ${JSON.stringify(generation)}; process.argv[1] = '300'; ${generation}`,
      );
      await firstPid(root);
      await tree.kill();
      expect(tree.pids()).toEqual([]);
    });
  });
}

test.skipIf(process.platform === 'win32')('a tree by process group keeps whom it has seen', async () => {
  const { tree, start } = open({ kind: 'process-group' });
  const root = start(`${ownGroupChild.code}; setInterval(() => {}, 1000)`);
  const pid = await firstPid(root);
  expect(tree.pids()).toContain(pid);
  root.kill('SIGKILL');
  await once(root, 'exit');
  expect(tree.pids()).toEqual([pid]);
  await tree.kill();
  expect(identityOf(pid)).toBeUndefined();
});

test('tracking is found out by trying', async () => {
  const tracking = await probeTracking(ownGroup, systemClock);
  const [first] = drivers.filter(({ place }) => place !== undefined);
  expect(tracking.kind).toBe(first?.place?.kind);
  expect(tracking.place('one')).not.toEqual(undefined);
});

test('a program that does not exist fails as one started alone does', async () => {
  for (const { place } of drivers) {
    if (place === undefined) continue;
    const { tree } = open(place);
    const started = tree.spawn(['/no/such/program'], { cwd: '/', env: {}, stdin: 'ignore' });
    const [error] = await once(started, 'error');
    expect(error).toMatchObject({ code: 'ENOENT' });
    expect(tree.pids()).toEqual([]);
  }
});
