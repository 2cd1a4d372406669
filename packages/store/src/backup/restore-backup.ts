import { existsSync } from 'node:fs';
import { chmod, copyFile, link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Problem } from '@agent-harbor/core';
import { type Lock, takeLock } from '../lock.ts';
import { BackupFailure } from './backup-failure.ts';
import { sessionIds, writeAnew } from './database.ts';
import { type Progress, sync } from './files.ts';
import { type BackupManifest, databaseName, keyName } from './manifest.ts';
import { backupRecordName } from './record.ts';
import { verifyBackup } from './verify-backup.ts';

export interface RestoreOptions {
  /** The backup. */
  readonly directory: string;
  /** The state directory it is brought to. */
  readonly stateDir: string;
  /** Moves a database that is there aside, and leaves all else. */
  readonly replace: boolean;
  /** The time, milliseconds since the epoch. */
  readonly now: () => number;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a restore did. */
export interface Restored {
  readonly manifest: BackupManifest;
  /** The epoch of the log from now on. */
  readonly epoch: string;
  /** Where the database of before lies now; null when there was none. */
  readonly aside: string | null;
  /** Whether the key of the host came from the backup. */
  readonly key: 'restored' | 'kept' | 'none';
  /** Sessions that have files here and that the backup does not know: launched after it was made. */
  readonly unknownSessions: readonly string[];
}

/** What a state directory may hold and still be taken for empty: settings, and our own lock. */
const isHarmless = (name: string): boolean =>
  name === 'config.json' || /^harbor\.db\.(?:lock|holder)/.test(name);

/**
 * Brings a backup into a state directory, which no server may hold meanwhile. The log gets another epoch: every event id
 * from before leads to `resync`, since what came after the backup may be missing. Journals of sessions that are here are
 * left alone; the next server goes on with them. Rejects with a `BackupFailure`, and then nothing has changed.
 */
export const restoreBackup = async (options: RestoreOptions): Promise<Restored> => {
  const { directory, replace, now, progress, signal } = options;
  const stateDir = resolve(options.stateDir);
  const manifest = await verifyBackup(directory, { progress, signal });
  const path = join(stateDir, databaseName);
  // That a server runs there comes first: with what is said of a full directory it would be refused once more.
  if (existsSync(path)) hold(path).release();
  if (!replace) await refuseUnlessEmpty(stateDir);
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const lock = hold(path);
  try {
    if (!replace) await refuseUnlessEmpty(stateDir);
    const draft = `${path}.restoring`;
    await rm(draft, { force: true });
    const { epoch } = writeAnew(join(directory, databaseName), draft);
    await sync(draft);
    const known = sessionIds(draft);
    const key = await bringKey(directory, stateDir, manifest);
    await bringGit(directory, stateDir, manifest);
    const aside = await moveAside(stateDir, path, now());
    await rename(draft, path);
    await sync(stateDir);
    const unknownSessions = (await namesIn(join(stateDir, 'sessions'))).filter((id) => !known.has(id));
    return { manifest, epoch, aside, key, unknownSessions };
  } finally {
    await rm(`${path}.restoring`, { force: true });
    lock.release();
  }
};

const hold = (path: string): Lock => {
  try {
    return takeLock(path);
  } catch (error) {
    if (error instanceof Problem) throw new BackupFailure('refused', error.detail, error);
    throw error;
  }
};

const refuseUnlessEmpty = async (stateDir: string): Promise<void> => {
  const found = (await namesIn(stateDir)).find((name) => !isHarmless(name));
  if (found === undefined) return;
  throw new BackupFailure(
    'refused',
    `${stateDir} is not empty: there is ${found}. Name another directory, or say --replace to move its database aside.`,
  );
};

/** The key that clients of this machine have already is not taken away from them. */
const bringKey = async (
  directory: string,
  stateDir: string,
  { files }: BackupManifest,
): Promise<Restored['key']> => {
  const target = join(stateDir, keyName);
  if (existsSync(target)) return 'kept';
  if (!files.some(({ path }) => path === keyName)) return 'none';
  await copyFile(join(directory, keyName), target);
  await chmod(target, 0o600);
  await sync(target);
  return 'restored';
};

/** Directories of git that are here already are newer, or the same. */
const bringGit = async (directory: string, stateDir: string, { files }: BackupManifest): Promise<void> => {
  const roots = new Map<string, boolean>();
  const isBrought = (path: string): boolean => {
    const root = /^(?:cache\/[^/]+|sessions\/[^/]+\/git)(?=\/)/.exec(path)?.[0];
    if (root === undefined) return false;
    const known = roots.get(root) ?? !existsSync(join(stateDir, root));
    roots.set(root, known);
    return known;
  };
  for (const { path, same } of files) {
    if (!isBrought(path)) continue;
    const target = join(stateDir, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const isShared = same !== undefined && isBrought(same) && (await tryLink(join(stateDir, same), target));
    if (!isShared) await copyFile(join(directory, path), target);
    await sync(target);
  }
};

const tryLink = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    () => false,
  );

/** The database of before, with what belongs to it, into a directory of its own. */
const moveAside = async (stateDir: string, path: string, now: number): Promise<string | null> => {
  if (!existsSync(path)) return null;
  const aside = join(stateDir, `replaced-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`);
  await mkdir(aside, { mode: 0o700 });
  // The log comes with its file: what is only in there was acknowledged, too.
  for (const end of ['-wal', '-shm', '-journal', '']) {
    if (existsSync(path + end)) await rename(path + end, join(aside, databaseName + end));
  }
  // It speaks of the epoch of before.
  const record = join(stateDir, backupRecordName);
  if (existsSync(record)) await rename(record, join(aside, backupRecordName));
  await sync(aside);
  return aside;
};

const namesIn = async (path: string): Promise<string[]> => (existsSync(path) ? readdir(path) : []);
