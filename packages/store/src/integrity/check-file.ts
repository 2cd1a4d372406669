import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { Problem } from '@agent-harbor/core';
import { applicationId } from '../migrations/migrate.ts';
import { scanWal } from './scan-wal.ts';

const headerBytes = 100;
const magic = Buffer.from('SQLite format 3\0', 'latin1');

/** What the beginning of every database of ours says, by the place of the byte. */
const fixedBytes: readonly (readonly [at: number, bytes: readonly number[]])[] = [
  // No bytes are reserved in pages, and three fractions are always the same.
  [20, [0, 64, 32, 32]],
  // The format of the schema; UTF-8.
  [44, [0, 0, 0, 4]],
  [56, [0, 0, 0, 1]],
  // Neither a user version nor vacuuming; then room for what is to come.
  [60, [0, 0, 0, 0, 0, 0, 0, 0]],
  [72, Array.from({ length: 20 }, () => 0)],
];

export interface FileCheck {
  readonly path: string;
  /** Only a database that was whole once has this file beside it. */
  readonly companion: string;
  /** Goes on without transactions that cannot be read any more. */
  readonly dropDamagedCommits: boolean;
}

/**
 * Looks at the database file and its write-ahead log before SQLite does: what SQLite would repair by forgetting it is
 * refused with `data-damaged` and a sentence. Gives the transactions that are dropped because the caller wants so.
 */
export const checkFile = ({ path, companion, dropDamagedCommits }: FileCheck): number => {
  const wal = scanWal(path);
  if (wal.dropped > 0 && !dropDamagedCommits) {
    const count =
      wal.dropped === 1 ? 'at least one committed transaction' : `${wal.dropped} committed transactions`;
    throw refused(
      `${path}-wal is damaged: ${count} cannot be read any more.` +
        ' To go on without them, and tell every reader so, start once with `--drop-damaged-commits`.',
    );
  }
  // A rollback journal is of a database in the making: SQLite undoes what was begun.
  if (existsSync(`${path}-journal`)) return wal.dropped;
  const size = statSync(path).size;
  if (size === 0) {
    if (wal.databasePages === undefined && !existsSync(companion)) return wal.dropped;
    throw refused(`${path} was cut to nothing.`);
  }
  const header = readHeader(path);
  if (size < headerBytes || !header.subarray(0, 16).equals(magic)) {
    throw refused(`${path} is no database: its beginning is damaged, or it never was one.`);
  }
  // Whose pages are in the log may look different in the file: SQLite reads the log first.
  const isInLog = (page: number) => wal.pages.has(page);
  if (!isInLog(1)) checkHeader(path, header);
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const pages = wal.databasePages ?? header.readUInt32BE(28);
  const there = Math.floor(size / pageBytes);
  for (let page = there + 1; page <= pages; page++) {
    if (isInLog(page)) continue;
    throw refused(`${path} was cut off: it has ${there} of its ${pages} pages.`);
  }
  if (wal.databasePages === undefined && wal.dropped === 0 && size !== pages * pageBytes) {
    throw refused(`${path} is damaged: it should have ${pages} pages and has ${size / pageBytes}.`);
  }
  return wal.dropped;
};

const checkHeader = (path: string, header: Buffer): void => {
  const application = header.readUInt32BE(68);
  if (application !== applicationId) {
    // A server that was killed while it made the database has left an empty one.
    if (application === 0 && header.readUInt32BE(28) <= 1) return;
    throw new Problem('not-ready', {
      detail: `${path} is not a database of Agent Harbor; choose another state directory.`,
    });
  }
  const isOurs = fixedBytes.every(([at, bytes]) => bytes.every((byte, index) => header[at + index] === byte));
  const pages = header.readUInt32BE(28);
  const isPlausible =
    // WAL, or the other way in a copy that SQLite made.
    header[18] === header[19] &&
    (header[18] === 1 || header[18] === 2) &&
    // Who wrote the size wrote both of these.
    header.readUInt32BE(24) === header.readUInt32BE(92) &&
    header.readUInt32BE(32) <= pages &&
    header.readUInt32BE(36) < Math.max(pages, 1);
  if (!isOurs || !isPlausible) throw refused(`${path} is damaged: its header is not one this server writes.`);
};

const readHeader = (path: string): Buffer => {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(headerBytes);
    readSync(file, header, 0, headerBytes, 0);
    return header;
  } finally {
    closeSync(file);
  }
};

const refused = (detail: string): Problem => new Problem('data-damaged', { detail });
