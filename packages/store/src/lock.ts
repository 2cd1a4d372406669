import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Problem } from '@agent-harbor/core';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { isBusy, problemOf } from './failure.ts';

/** Who holds a lock, as far as it said. */
const Holder = z.object({ pid: z.number().int().positive(), url: z.string().optional() });
type Holder = z.infer<typeof Holder>;

/** The right to be the only server on a database. It ends with the process, however that ends. */
export interface Lock {
  /** Tells others where the holder is served. */
  announce(url: string): void;
  release(): void;
}

/**
 * Takes the lock beside `path`, or throws `not-ready` with a sentence that names the holder. The lock is an SQLite
 * file on which an exclusive transaction stays open: the system lets go of it when the process dies, so there is no
 * stale lock and no guessing by process ids. Who holds it stands in a second file, which is only for people.
 */
export const takeLock = (path: string): Lock => {
  const holderPath = `${path}.holder`;
  const lock = lockFile(`${path}.lock`, () => describe(path, readHolder(holderPath)));
  const write = (holder: Holder) => {
    const next = `${holderPath}.${holder.pid}`;
    writeFileSync(next, JSON.stringify(holder), { mode: 0o600 });
    renameSync(next, holderPath);
  };
  try {
    write({ pid: process.pid });
  } catch (failure) {
    lock.close();
    throw problemOf(failure, `writing ${holderPath}`);
  }
  return {
    announce: (url) => write({ pid: process.pid, url }),
    release() {
      rmSync(holderPath, { force: true });
      lock.close();
    },
  };
};

const lockFile = (path: string, holder: () => string): Database.Database => {
  const database = new Database(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (failure) {
    database.close();
    if (isBusy(failure)) throw new Problem('not-ready', { detail: holder(), cause: failure });
    throw problemOf(failure, `locking ${path}`);
  }
};

const readHolder = (path: string): Holder | undefined => {
  try {
    return Holder.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Not written yet, or just released: the lock counts, not this file.
    return undefined;
  }
};

const describe = (path: string, holder: Holder | undefined): string => {
  const who = holder === undefined ? 'another process' : `process ${holder.pid}`;
  const where = holder?.url === undefined ? '' : ` (${holder.url})`;
  return `${path} is held by ${who}${where}. Use that server, stop it, or choose another state directory.`;
};
