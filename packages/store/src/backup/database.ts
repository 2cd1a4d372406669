import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { chainAfter, checksumOf, type LogPlace, sealOf } from '../integrity/chain.ts';
import { allMigrations } from '../migrations/all.ts';
import { applicationId } from '../migrations/migrate.ts';
import { BackupFailure, throwIfInterrupted } from './backup-failure.ts';
import type { Progress } from './files.ts';

/** What a database says of its log. */
export interface LogState {
  readonly epoch: string;
  /** The newest position. */
  readonly position: number;
}

/** So many pages are copied before others get their turn: about four megabytes. */
const stepPages = 1000;

/**
 * Copies a database that a server may be writing to. One read transaction is held from beginning to end, so all of the
 * copy is of one moment; the writer is never waited for and never waits.
 */
export const copyDatabase = async (
  from: string,
  to: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<LogState> => {
  const source = new Database(from, { readonly: true, fileMustExist: true, timeout: 10_000 });
  try {
    source.exec('BEGIN');
    // The first read takes the snapshot.
    const state = stateOf(source);
    const pageBytes = Number(source.pragma('page_size', { simple: true }));
    let told = 0;
    await source.backup(to, {
      progress({ totalPages, remainingPages }) {
        throwIfInterrupted(signal);
        const done = (totalPages - remainingPages) * pageBytes;
        progress(Math.max(0, done - told));
        told = done;
        return stepPages;
      },
    });
    source.exec('COMMIT');
    chmodSync(to, 0o600);
    makeSelfContained(to);
    return state;
  } finally {
    source.close();
  }
};

/** One file without a log beside it, so that a checksum holds and nobody has to write to read it. */
const makeSelfContained = (path: string): void => {
  const database = new Database(path, { fileMustExist: true });
  try {
    database.pragma('journal_mode = DELETE');
  } finally {
    database.close();
  }
};

/** Looks at everything in a database: its structure, every event by its chain, every record by its checksum. */
export const checkDatabase = (path: string): LogState => {
  const database = open(path);
  const refuse = (what: string) => new BackupFailure('damaged', `${path} is damaged: ${what}.`);
  try {
    if (database.pragma('application_id', { simple: true }) !== applicationId) {
      throw new BackupFailure('refused', `${path} is not a database of Agent Harbor.`);
    }
    const newest = Math.max(...allMigrations.map(({ version }) => version));
    const version = Number(one(database, 'SELECT max(version) AS value FROM migrations'));
    if (version > newest) {
      throw new BackupFailure('refused', `${path} was written by a newer release. Use that release.`);
    }
    const verdict = database.pragma('integrity_check(1)', { simple: true });
    if (verdict !== 'ok') throw refuse(String(verdict));
    // Written before events were chained: the next start chains them.
    if (version >= 3) checkChains(database, refuse);
    return stateOf(database);
  } catch (error) {
    if (error instanceof Database.SqliteError) throw refuse(error.message);
    throw error;
  } finally {
    database.close();
  }
};

/** Writes a database anew, without what was freed in it, and with another epoch: no event id of before holds in it. */
export const writeAnew = (from: string, to: string): LogState => {
  const source = open(from);
  try {
    source.prepare('VACUUM INTO ?').run(to);
  } finally {
    source.close();
  }
  chmodSync(to, 0o600);
  const database = new Database(to, { fileMustExist: true });
  try {
    database.pragma('synchronous = FULL');
    const epoch = randomBytes(5).toString('hex');
    database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('epoch', ?)").run(epoch);
    return stateOf(database);
  } finally {
    database.close();
  }
};

/** The ids of sessions in a database. */
export const sessionIds = (path: string): ReadonlySet<string> => {
  const database = open(path);
  try {
    return new Set(Texts.parse(database.prepare('SELECT id FROM sessions').pluck().all()));
  } finally {
    database.close();
  }
};

const Texts = z.array(z.string());

const open = (path: string): Database.Database => {
  try {
    return new Database(path, { readonly: true, fileMustExist: true });
  } catch (cause) {
    throw new BackupFailure('damaged', `${path} cannot be read.`, cause);
  }
};

const stateOf = (database: Database.Database): LogState => ({
  epoch: String(one(database, "SELECT value FROM meta WHERE name = 'epoch'") ?? ''),
  position: Number(one(database, 'SELECT max(position) AS value FROM events') ?? 0),
});

const one = (database: Database.Database, sql: string): unknown => database.prepare(sql).pluck().get();

const LogRow = z.object({
  id: z.string(),
  session: z.number(),
  last_seq: z.number(),
  journal_offset: z.number(),
  chain: z.number(),
  pruned_seq: z.number(),
  pruned_chain: z.number(),
  seal: z.number(),
}) satisfies z.ZodType<LogPlace>;
const EventRow = z.object({ seq: z.number(), chain: z.number(), json: z.string() });
const RecordRow = z.object({ record: z.string(), checksum: z.number() });

const checkChains = (database: Database.Database, refuse: (what: string) => BackupFailure): void => {
  const logs = database.prepare(
    'SELECT id, session_logs.* FROM session_logs JOIN sessions ON ordinal = session',
  );
  const events = database.prepare('SELECT seq, chain, json FROM events WHERE session = ? ORDER BY seq');
  for (const row of logs.iterate()) {
    const log = LogRow.parse(row);
    if (sealOf(log) !== log.seal) throw refuse(`the log of session ${log.id} is not as it was written`);
    let chain = log.pruned_chain;
    let last = log.pruned_seq;
    for (const found of events.iterate(log.session)) {
      const event = EventRow.parse(found);
      chain = chainAfter(event.json, chain);
      last++;
      if (event.seq !== last || event.chain !== chain) {
        throw refuse(`event ${last} of session ${log.id} is not as it was written`);
      }
    }
    if (last !== log.last_seq || chain !== log.chain) {
      throw refuse(`the log of session ${log.id} is not as it was written`);
    }
  }
  for (const [table, column] of [
    ['tasks', 'record'],
    ['sessions', 'record'],
    ['approvals', 'record'],
    ['conversation', 'record'],
    ['webhooks', 'record'],
    ['webhook_keys', 'record'],
    ['webhook_deliveries', 'record'],
    ['drafts', 'record'],
    ['repositories', 'record'],
    ['projects', 'record'],
    ['replies', 'reply'],
  ] as const) {
    for (const found of database.prepare(`SELECT ${column} AS record, checksum FROM ${table}`).iterate()) {
      const { record, checksum } = RecordRow.parse(found);
      if (checksumOf(record) !== checksum) throw refuse(`a record of ${table} is not as it was written`);
    }
  }
};
