import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '../recorder/system-clock.ts';
import { detached, inChild, multiply, stayAndSayPid } from '../testing/programs.ts';
import { openTestTree, ownGroup, treePlaces } from '../testing/trees.ts';
import { identityOf } from './identity.ts';
import { probeTracking } from './probe.ts';
import type { ProcessTree, TreePlace } from './process-tree.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

interface Member {
  readonly name: string;
  readonly code: string;
}

const child: Member = {
  name: 'a child',
  code: inChild(stayAndSayPid),
};
const ownGroupChild: Member = {
  name: 'a child in a group of its own, with another environment',
  code: inChild(stayAndSayPid, { detached: true, env: {} }),
};
const orphan: Member = { name: 'an orphan in a terminal session of its own', code: detached(stayAndSayPid) };
const namelessOrphan: Member = {
  name: 'an orphan in a terminal session of its own, with another environment',
  code: detached(stayAndSayPid, '{}'),
};

/** What each driver finds; what it cannot is written in its file. */
const found: Readonly<Record<TreePlace['kind'], readonly Member[]>> = {
  'cgroup-v2': [child, ownGroupChild, orphan, namelessOrphan],
  'cgroup-v1': [child, ownGroupChild, orphan, namelessOrphan],
  environment: [child, ownGroupChild, orphan],
  'process-group': [child, ownGroupChild],
};
const drivers = treePlaces();

const firstPid = async (started: ChildProcess): Promise<number> => {
  if (started.stdout === null) throw new Error('No output.');
  const [line] = await once(createInterface(started.stdout), 'line');
  return Number(line);
};

const alive = (tree: ProcessTree, pid: number) => tree.pids().includes(pid) || identityOf(pid) !== undefined;

for (const { name, kind, place } of drivers) {
  describe.skipIf(place === undefined)(`a tree by ${name}`, () => {
    if (place === undefined) return;
    for (const member of found[kind]) {
      test(`finds and kills ${member.name}`, async () => {
        const { tree, start } = openTestTree(place);
        const root = start(`${member.code}; setInterval(() => {}, 1000)`);
        const pid = await firstPid(root);
        expect(tree.pids()).toEqual(expect.arrayContaining([root.pid, pid]));

        await tree.kill();

        expect(tree.pids()).toEqual([]);
        // Whoever left its group by dying is in the list of processes for a moment longer.
        await expect.poll(() => alive(tree, pid), { timeout: 10_000, interval: 5 }).toBe(false);
        expect(identityOf(process.pid)).toBeDefined();
      });
    }

    test('sends signals to all', async () => {
      const { tree, start } = openTestTree(place);
      const code = `process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log(process.pid)`;
      const root = start(code);
      await firstPid(root);
      tree.signal('SIGTERM');
      expect(await once(root, 'exit')).toEqual([7, null]);
    });

    test('kills who multiply faster than one looks', async () => {
      const { tree, start } = openTestTree(place);
      const root = start(multiply(300, 200));
      await firstPid(root);
      await tree.kill();
      expect(tree.pids()).toEqual([]);
    });
  });
}

test.skipIf(process.platform === 'win32')('a tree by process group keeps whom it has seen', async () => {
  const { tree, start } = openTestTree({ kind: 'process-group' });
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
    const { tree } = openTestTree(place);
    const started = tree.spawn(['/no/such/program'], { cwd: '/', env: {}, stdin: 'ignore' });
    const [error] = await once(started, 'error');
    expect(error).toMatchObject({ code: 'ENOENT' });
    expect(tree.pids()).toEqual([]);
  }
});
