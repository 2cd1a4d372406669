import { asProblem, Problem } from '@agent-harbor/core';
import Database from 'better-sqlite3';

/** The code of a failure of SQLite, such as SQLITE_FULL; undefined for any other. */
export const sqliteCode = (failure: unknown): string | undefined =>
  failure instanceof Database.SqliteError ? failure.code : undefined;

/** Whether the file or the disk failed, so that the whole transaction is lost and not only one statement. */
export const isDiskFailure = (failure: unknown): boolean =>
  /^SQLITE_(FULL|IOERR|CORRUPT|NOTADB|READONLY|CANTOPEN|NOMEM|PROTOCOL)/.test(sqliteCode(failure) ?? '');

export const isBusy = (failure: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(failure) ?? '');

/** Whether part of the file is not what SQLite wrote there. */
export const isDamage = (failure: unknown): boolean =>
  /^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCode(failure) ?? '');

/** A failure of SQLite as a problem for callers; `doing` is what was tried. */
export const problemOf = (failure: unknown, doing: string): Problem => {
  const code = sqliteCode(failure);
  if (code === undefined) return asProblem(failure);
  if (code === 'SQLITE_FULL') {
    return new Problem('storage-full', { detail: `The disk is full: ${doing} failed.`, cause: failure });
  }
  if (isBusy(failure)) {
    return new Problem('not-ready', {
      detail: `Another program holds the database: ${doing} failed.`,
      retryAfterSeconds: 1,
      cause: failure,
    });
  }
  if (/^SQLITE_(IOERR|CANTOPEN|PROTOCOL|NOMEM)/.test(code)) {
    return new Problem('not-ready', {
      detail: `The disk failed (${code}): ${doing} failed.`,
      retryAfterSeconds: 1,
      cause: failure,
    });
  }
  if (isDamage(failure)) {
    return new Problem('data-damaged', {
      detail: `The database is damaged (${code}): ${doing} failed.`,
      cause: failure,
    });
  }
  return new Problem('internal', { detail: `The database failed (${code}): ${doing}.`, cause: failure });
};
