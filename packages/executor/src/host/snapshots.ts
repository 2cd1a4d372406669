import { rmdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { SnapshotCapability } from '@agent-harbor/api-contract/schemas';
import { reasonOf, type Tried, type Try } from './try-program.ts';

/** The numbers by which Linux tells file systems apart. */
const magic = { btrfs: 0x9123683e, zfs: 0x2fc12fc1 } as const;

/** Which file system a directory is on, by its number; undefined where that is not told. */
export const fileSystemOf = async (directory: string): Promise<number | undefined> =>
  process.platform === 'linux' ? (await statfs(directory)).type : undefined;

type Finding = Omit<SnapshotCapability, 'provider'>;

/**
 * What snapshots of files can be kept with where the state of the executor lies, the cheapest for a large tree first. A file
 * system that could is not enough: a snapshot is made and removed again.
 */
export const probeSnapshots = async (
  attempt: Try,
  stateDir: string,
  type: number | undefined,
): Promise<SnapshotCapability[]> => [
  { provider: 'zfs', ...(await probeZfs(attempt, stateDir, type)) },
  { provider: 'btrfs', ...(await probeBtrfs(attempt, stateDir, type)) },
  { provider: 'git', ...(await probeGit(attempt)) },
];

const none = (reason: string): Finding => ({ available: false, reason });

const probeGit = async (attempt: Try): Promise<Finding> => {
  const tried = await attempt('git', '--version');
  return tried.outcome === 'ok' ? { available: true } : none(reasonOf('git', tried));
};

const probeBtrfs = async (attempt: Try, stateDir: string, type: number | undefined): Promise<Finding> => {
  if (type !== magic.btrfs) return none('The state directory is not on btrfs.');
  const [volume, snapshot] = [probePath(stateDir, 'volume'), probePath(stateDir, 'snapshot')];
  const steps = [
    ['create', '--', volume],
    ['snapshot', '--', volume, snapshot],
  ] as const;
  let failed: Tried | undefined;
  for (const step of steps) failed ??= failureOf(await attempt('btrfs', 'subvolume', ...step));
  for (const made of [snapshot, volume]) {
    const removed = failureOf(await attempt('btrfs', 'subvolume', 'delete', '--', made));
    // An empty one may be removed by whoever may not delete one; what was never made is not there.
    if (removed !== undefined && !(await isRemoved(made))) failed ??= removed;
  }
  return failed === undefined ? { available: true } : none(reasonOf('btrfs', failed));
};

const probeZfs = async (attempt: Try, stateDir: string, type: number | undefined): Promise<Finding> => {
  if (type !== magic.zfs) return none('The state directory is not on ZFS.');
  const listed = await attempt('zfs', 'list', '-H', '-o', 'name', stateDir);
  if (listed.outcome !== 'ok') return none(reasonOf('zfs', listed));
  const snapshot = `${listed.stdout.trim()}@agent-harbor-probe-${process.pid}`;
  const failed =
    failureOf(await attempt('zfs', 'snapshot', snapshot)) ??
    failureOf(await attempt('zfs', 'destroy', snapshot));
  return failed === undefined ? { available: true } : none(reasonOf('zfs', failed));
};

const probePath = (stateDir: string, what: string): string => join(stateDir, `.probe-${process.pid}-${what}`);

const failureOf = (tried: Tried): Tried | undefined => (tried.outcome === 'ok' ? undefined : tried);

const isRemoved = (path: string): Promise<boolean> =>
  rmdir(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
