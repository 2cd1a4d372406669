import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Ids, type Log, Problem, silent } from '@agent-harbor/core';
import { Connection } from './connection.ts';
import { problemOf } from './failure.ts';
import { checkFile } from './integrity/check-file.ts';
import { checkSchema } from './integrity/check-schema.ts';
import { takeLock } from './lock.ts';
import { migrate } from './migrations/migrate.ts';
import { Reserve, reservePath, usualReserveBytes } from './reserve.ts';
import { createSqliteStore, type SqliteStore } from './sqlite-store.ts';
import type { Group } from './write/group-commit.ts';

export interface SqliteStoreOptions {
  /** The database file; it and its directory are made when they are not there. */
  readonly path: string;
  readonly ids: Ids;
  /** Called after each transaction, to count and to test. */
  readonly observe?: ((group: Group) => void) | undefined;
  /** Hears of what is damaged. */
  readonly log?: Log | undefined;
  /**
   * How much of the disk is kept back in a file, for what must be written when the disk is full: bytes, 8 MiB unless it
   * is said, at most a sixteenth of the disk.
   */
  readonly reserveBytes?: number | undefined;
  /**
   * Goes on although transactions that were committed cannot be read any more, where it is refused without. The
   * database then gets another epoch, so that readers learn of it.
   */
  readonly dropDamagedCommits?: boolean | undefined;
}

/**
 * Opens the store in a database file: takes the lock, brings the schema up to date, finds the epoch. Rejects with
 * `not-ready` and a sentence when another process holds it, when it was written by another release or is something
 * else; with `data-damaged` when the file or its write-ahead log is not what was written; with `storage-full` or
 * `internal` when the disk fails.
 */
export const openSqliteStore = async (options: SqliteStoreOptions): Promise<SqliteStore> => {
  const path = resolve(options.path);
  const log = options.log ?? silent;
  if (path !== path.trim()) {
    throw new Problem('not-ready', { detail: `${JSON.stringify(path)} must not end in blanks.` });
  }
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Prompts are nobody else's business; the files SQLite adds inherit this mode.
    closeSync(openSync(path, 'a', 0o600));
  } catch (cause) {
    throw new Problem('not-ready', { detail: `${path} cannot be made.`, cause });
  }
  const lock = takeLock(path);
  let connection: Connection | undefined;
  try {
    const dropped = checkFile({
      path,
      companion: reservePath(path),
      dropDamagedCommits: options.dropDamagedCommits ?? false,
    });
    connection = new Connection(path);
    checkSchema(connection, migrate(connection));
    if (dropped > 0) {
      log.error('Committed transactions that cannot be read any more were dropped', { path, dropped });
      connection.run("DELETE FROM meta WHERE name = 'epoch'");
    }
    const epoch = findEpoch(connection, options.ids);
    return createSqliteStore({
      connection,
      lock,
      reserve: new Reserve({ databasePath: path, bytes: options.reserveBytes ?? usualReserveBytes, log }),
      epoch,
      observe: options.observe ?? (() => undefined),
      log,
    });
  } catch (failure) {
    connection?.close();
    lock.release();
    throw problemOf(failure, `opening ${path}`);
  }
};

/** Made once with the database; a copy of the database that goes on elsewhere gets another one. */
const findEpoch = (connection: Connection, ids: Ids): string => {
  const find = "SELECT value FROM meta WHERE name = 'epoch'";
  const known = connection.get<{ value: string }>(find);
  if (known !== undefined) return known.value;
  // The random end of the id: its beginning is the time, which two databases may share.
  const epoch = ids.next('epoch', 'store').slice(-10).toLowerCase();
  connection.run("INSERT INTO meta (name, value) VALUES ('epoch', ?)", [epoch]);
  return epoch;
};
