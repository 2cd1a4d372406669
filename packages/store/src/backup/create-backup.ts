import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BackupFailure, throwIfInterrupted } from './backup-failure.ts';
import { copyDatabase, type LogState } from './database.ts';
import { type Copied, copyGitDirectory, copyOne, digestOf, type Progress, sync, syncTree } from './files.ts';
import {
  type BackupFile,
  type BackupManifest,
  databaseName,
  keyName,
  manifestName,
  sealed,
} from './manifest.ts';
import { type BackupRecord, backupRecordName } from './record.ts';
import { verifyBackup } from './verify-backup.ts';

export interface BackupOptions {
  readonly stateDir: string;
  /** Where the backup shall be: a directory that is not there yet. */
  readonly directory: string;
  /** Directories of git below the state directory that belong to it, with slashes. */
  readonly gitDirectories: readonly string[];
  /** The release that makes it. */
  readonly release: string;
  /** The time, milliseconds since the epoch. */
  readonly now: () => number;
  /** Is told of bytes that were copied, or read again to verify them. */
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a backup of a state directory, also under a server that runs: database, key of the host, and what git keeps. It
 * is written under another name and has its own only once all of it was verified; what goes wrong leaves nothing.
 * Rejects with a `BackupFailure`.
 */
export const createBackup = async (options: BackupOptions): Promise<BackupManifest> => {
  const { stateDir, now, release, signal, progress = () => {} } = options;
  const directory = resolve(options.directory);
  if (existsSync(directory)) {
    throw new BackupFailure('refused', `${directory} is there already. Name a directory that is not.`);
  }
  if (!existsSync(join(stateDir, databaseName))) {
    throw new BackupFailure('refused', `${join(stateDir, databaseName)} is not there: nothing to back up.`);
  }
  await mkdir(dirname(directory), { recursive: true });
  const draft = `${directory}.${randomBytes(4).toString('hex')}.partial`;
  await mkdir(draft, { mode: 0o700 });
  try {
    const at = new Date(now()).toISOString();
    const state = await copyDatabase(
      join(stateDir, databaseName),
      join(draft, databaseName),
      progress,
      signal,
    );
    const files = await copyFiles(options, draft, progress);
    const manifest = await seal(draft, files, { release, at, state });
    await syncTree(draft);
    await verifyBackup(draft, { progress, signal });
    throwIfInterrupted(signal);
    await place(draft, directory);
    await remember(stateDir, { version: 1, at, directory, ...state });
    return manifest;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
};

const copyFiles = async (
  { stateDir, gitDirectories, signal }: BackupOptions,
  draft: string,
  progress: Progress,
): Promise<BackupFile[]> => {
  const copied: Copied = new Map();
  const key = await copyOne(stateDir, draft, keyName, copied, progress);
  if (key !== undefined) await chmod(join(draft, keyName), 0o600);
  const files = key === undefined ? [] : [key];
  for (const path of gitDirectories) {
    files.push(...(await copyGitDirectory(stateDir, draft, path, copied, progress, signal)));
  }
  return files;
};

const seal = async (
  draft: string,
  others: readonly BackupFile[],
  { release, at, state }: { readonly release: string; readonly at: string; readonly state: LogState },
): Promise<BackupManifest> => {
  const database: BackupFile = { path: databaseName, ...(await digestOf(join(draft, databaseName))) };
  const files = [database, ...others];
  const bytes = files.reduce((sum, file) => sum + (file.same === undefined ? file.bytes : 0), 0);
  const manifest = sealed({ format: 1, release, at, ...state, bytes, files });
  await writeFile(join(draft, manifestName), `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600 });
  return manifest;
};

/** Gives it its name. Somebody may have taken the name meanwhile: an empty directory would be replaced in silence. */
const place = async (draft: string, directory: string): Promise<void> => {
  if (existsSync(directory))
    throw new BackupFailure('refused', `${directory} was made by somebody else meanwhile.`);
  await rename(draft, directory);
  await sync(dirname(directory));
};

/** Retention may let go of what is in the backup. */
const remember = async (stateDir: string, record: BackupRecord): Promise<void> => {
  const path = join(stateDir, backupRecordName);
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  await sync(draft);
  await rename(draft, path);
  await sync(stateDir);
};
