import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startDirectly } from '../process/start-program.ts';
import { systemClock } from '../workspace/testing/lab.ts';
import { probeCapabilities } from './capabilities.ts';
import { probeIsolation, probeLimits } from './isolation.ts';
import { probeSnapshots } from './snapshots.ts';
import { createTry, type Tried, type Try } from './try-program.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ah-host-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const said = (outcome: Tried['outcome'], stdout = '', complaint = ''): Tried => ({
  outcome,
  stdout,
  complaint,
});

/** Programs that answer by the words they are called with; what is not named is not installed. */
const host = (answers: Readonly<Record<string, Tried>>) => {
  const called: string[] = [];
  const attempt: Try = async (...argv) => {
    const line = argv.join(' ');
    called.push(line);
    return (
      answers[Object.keys(answers).find((beginning) => line.startsWith(beginning)) ?? ''] ?? said('missing')
    );
  };
  return { attempt, called };
};

test('tells of this host, whatever it is, and leaves nothing behind', async () => {
  const found = await probeCapabilities({
    stateDir: root,
    clock: systemClock,
    start: startDirectly,
    environment: process.env,
  });
  expect(found.snapshotProviders).toContainEqual({ provider: 'git', available: true });
  expect(found.snapshotProviders.map(({ provider }) => provider)).toEqual(['zfs', 'btrfs', 'git']);
  for (const { available, reason } of [...found.snapshotProviders, ...found.isolation]) {
    expect(available ? reason : (reason ?? '').length).not.toBe(0);
  }
  expect(readdirSync(root)).toEqual([]);
});

test('a host without programs has nothing, and says why', async () => {
  const found = await probeCapabilities({
    stateDir: root,
    clock: systemClock,
    start: startDirectly,
    environment: { PATH: root },
  });
  expect(found.snapshotProviders.filter(({ available }) => available)).toEqual([]);
  expect(found.isolation.find(({ kind }) => kind === 'podman')).toEqual({
    kind: 'podman',
    available: false,
    reason: 'podman is not installed, or not on the PATH.',
  });
});

describe('trying a program', () => {
  const attempt = createTry({
    clock: systemClock,
    start: startDirectly,
    env: { PATH: process.env.PATH ?? '' },
    patienceMs: 300,
  });

  test('tells how it ended and what it said, in one line', async () => {
    expect(await attempt('sh', '-c', 'echo out; echo "bad\tword" >&2; echo more >&2; exit 3')).toEqual({
      outcome: 'failed',
      stdout: 'out\n',
      complaint: 'bad word',
    });
    expect(await attempt('no-such-program')).toMatchObject({ outcome: 'missing' });
  });

  test('kills what does not end, with what it started', async () => {
    const started = performance.now();
    expect(await attempt('sh', '-c', 'sleep 60 & sleep 60')).toMatchObject({ outcome: 'timed-out' });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('hands over what it is given and nothing else', async () => {
    const { stdout } = await attempt('sh', '-c', 'echo "$HOME|$LC_ALL"');
    expect(stdout).toBe('|C\n');
  });
});

describe('snapshots', () => {
  const btrfs = 0x9123683e;
  const zfs = 0x2fc12fc1;
  const providers = async (answers: Readonly<Record<string, Tried>>, type: number) => {
    const { attempt, called } = host({ 'git --version': said('ok'), ...answers });
    const found = await probeSnapshots(attempt, root, type);
    return { found: Object.fromEntries(found.map(({ provider, ...rest }) => [provider, rest])), called };
  };

  test('on btrfs one is made and removed', async () => {
    const { found, called } = await providers({ 'btrfs subvolume': said('ok') }, btrfs);
    expect(found).toMatchObject({
      btrfs: { available: true },
      zfs: { available: false },
      git: { available: true },
    });
    expect(called.filter((line) => line.startsWith('btrfs')).map((line) => line.split(' ')[2])).toEqual([
      'create',
      'snapshot',
      'delete',
      'delete',
    ]);
  });

  test('a file system that could is not enough', async () => {
    const refused = { 'btrfs subvolume create': said('failed', '', 'Permission denied') };
    expect((await providers(refused, btrfs)).found.btrfs).toEqual({
      available: false,
      reason: 'btrfs says: Permission denied',
    });
    expect((await providers({}, btrfs)).found.btrfs).toMatchObject({ available: false });
    const mine = {
      'zfs list': said('ok', 'tank/state\n'),
      'zfs snapshot': said('failed', '', 'no delegation'),
    };
    expect((await providers(mine, zfs)).found.zfs).toEqual({
      available: false,
      reason: 'zfs says: no delegation',
    });
  });

  test('on ZFS one is made of the data set and destroyed', async () => {
    const { found, called } = await providers(
      { 'zfs list': said('ok', 'tank/state\n'), zfs: said('ok') },
      zfs,
    );
    expect(found.zfs).toEqual({ available: true });
    const made = called.find((line) => line.startsWith('zfs snapshot'))?.split(' ')[2];
    expect(made).toMatch(/^tank\/state@agent-harbor-probe-\d+$/);
    expect(called.at(-1)).not.toBe(undefined);
    expect(called).toContain(`zfs destroy ${made}`);
  });
});

describe('isolation', () => {
  test('is what a program did, not that it is there', async () => {
    const { attempt } = host({
      unshare: said('ok'),
      bwrap: said('failed', '', 'No permissions to create new namespace'),
      docker: said('timed-out'),
    });
    const found = await probeIsolation(attempt, true);
    expect(Object.fromEntries(found.map(({ kind, reason }) => [kind, reason]))).toMatchObject({
      'user-namespace': undefined,
      bubblewrap: 'bwrap says: No permissions to create new namespace',
      podman: 'podman is not installed, or not on the PATH.',
      docker: 'docker did not answer in time.',
    });
  });

  test('limits need a group that has them', () => {
    expect(probeLimits([])).toMatchObject({ available: false, reason: expect.stringContaining('version 2') });
    // A directory is no control group: it is made, and has no limits in it.
    expect(probeLimits([{ version: 2, own: root }])).toMatchObject({
      available: false,
      reason: expect.stringContaining('memory.max, pids.max, cpu.max'),
    });
    expect(readdirSync(root)).toEqual([]);
    expect(probeLimits([{ version: 2, own: join(root, 'file\0') }])).toMatchObject({ available: false });
  });
});
