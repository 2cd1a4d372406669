import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupFailure, throwIfInterrupted } from './backup-failure.ts';
import { checkDatabase } from './database.ts';
import { digestOf, filesBelow, type Progress } from './files.ts';
import { type BackupManifest, databaseName, keyName, manifestName, readManifest } from './manifest.ts';

export interface VerifyOptions {
  /** Is told of bytes that were read. */
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads all of a backup: every file is there and as it was written, none is added, and the database is whole down to every
 * event. Gives the manifest; rejects with a `BackupFailure` that names the first file that is wrong.
 */
export const verifyBackup = async (
  directory: string,
  { progress = () => {}, signal }: VerifyOptions = {},
): Promise<BackupManifest> => {
  const manifest = await readManifest(directory);
  const listed = new Map(manifest.files.map((file) => [file.path, file]));
  if (!listed.has(databaseName)) {
    throw new BackupFailure('damaged', `${join(directory, manifestName)} names no database.`);
  }
  for (const path of await filesBelow(directory)) {
    if (path !== manifestName && !listed.has(path)) {
      throw new BackupFailure('damaged', `${join(directory, path)} is not part of the backup.`);
    }
  }
  for (const { path, bytes, sha256, same } of manifest.files) {
    throwIfInterrupted(signal);
    const file = join(directory, path);
    const found = await lstat(file).catch(() => undefined);
    if (found === undefined) throw new BackupFailure('damaged', `${file} is missing.`);
    if (!found.isFile()) throw new BackupFailure('damaged', `${file} is not a file.`);
    if (path === keyName && process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
      throw new BackupFailure('damaged', `${file} can be read by others; make it yours alone: chmod 600.`);
    }
    const now = await digestOf(file);
    if (now.bytes !== bytes || now.sha256 !== sha256) {
      throw new BackupFailure('damaged', `${file} is damaged: it is not what was written.`);
    }
    if (same === undefined) progress(bytes);
  }
  const { epoch, position } = checkDatabase(join(directory, databaseName));
  if (epoch !== manifest.epoch || position !== manifest.position) {
    throw new BackupFailure('damaged', `${join(directory, databaseName)} is of another backup.`);
  }
  return manifest;
};
