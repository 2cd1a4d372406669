import { Problem } from '@agent-harbor/core';
import Database from 'better-sqlite3';
import type { CompiledQuery } from 'kysely';

/** What SQLite can bind. */
export type Value = string | number | null;
type Values = readonly Value[] | Readonly<Record<string, Value>>;

/** Enough for every query that is built once and the usual shapes of those that are not. */
const keptStatements = 200;

/** One connection to one database file, with the statements prepared on it. */
export class Connection {
  readonly path: string;
  private database: Database.Database;
  private readonly statements = new Map<string, Database.Statement<unknown[], unknown>>();
  /** It was to start over, and the file could not be opened. */
  private isLost = false;

  constructor(path: string) {
    this.path = path;
    this.database = open(path);
  }

  all<Row>(sql: string, values: Values = []): Row[] {
    return this.statement<Row>(sql).all(...bind(values));
  }

  get<Row>(sql: string, values: Values = []): Row | undefined {
    return this.statement<Row>(sql).get(...bind(values));
  }

  /** Gives the number of rows that changed, and the ordinal of the last one that was inserted. */
  run(sql: string, values: Values = []): { readonly changes: number; readonly ordinal: number } {
    const { changes, lastInsertRowid } = this.statement(sql).run(...bind(values));
    return { changes, ordinal: Number(lastInsertRowid) };
  }

  /** Runs a query that was built for this one call. */
  query<Row>({ sql, parameters }: CompiledQuery<Row>): Row[] {
    return this.statement<Row>(sql).all(...parameters);
  }

  /** Runs several statements that give nothing. */
  execute(sql: string): void {
    this.database.exec(sql);
  }

  /** Lets SQL call a function of ours. */
  define(name: string, call: (...values: Value[]) => Value): void {
    this.database.function(name, { varargs: true }, (...values) => call(...values.map(readValue)));
  }

  pragma(source: string): unknown {
    return this.database.pragma(source, { simple: true });
  }

  get isOpen(): boolean {
    return this.database.open;
  }

  /** Everything or nothing of `work`; it takes the write lock at once, so it cannot be refused half-way. */
  transaction(work: () => void): void {
    this.run('BEGIN IMMEDIATE');
    try {
      work();
      this.run('COMMIT');
    } catch (failure) {
      this.rollback();
      throw failure;
    }
  }

  rollback(): void {
    if (this.database.open && this.database.inTransaction) this.run('ROLLBACK');
  }

  /**
   * Starts over on the file as it is: after a failed commit nothing that SQLite remembers can be trusted. The system
   * may have dropped what it could not write and say that all is well from then on, so what the log holds is written
   * once more, into the database, before anything is built on it. Throws when that fails; where the file could not
   * even be opened, whoever asks next tries again: a server that only reads would else never come back.
   */
  reopen(): void {
    this.close();
    this.isLost = true;
    this.database = open(this.path);
    this.isLost = false;
    const [result] = this.all<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)');
    if (result?.busy !== 0)
      throw new Problem('not-ready', { detail: `${this.path} is in use by another program.` });
  }

  close(): void {
    this.isLost = false;
    this.statements.clear();
    this.database.close();
  }

  private statement<Row>(sql: string): Database.Statement<unknown[], Row>;
  private statement(sql: string): Database.Statement<unknown[], unknown> {
    if (this.isLost) this.reopen();
    const kept = this.statements.get(sql);
    if (kept !== undefined) return kept;
    const prepared = this.database.prepare<unknown[], unknown>(sql);
    if (this.statements.size >= keptStatements) {
      const [oldest] = this.statements.keys();
      if (oldest !== undefined) this.statements.delete(oldest);
    }
    this.statements.set(sql, prepared);
    return prepared;
  }
}

const bind = (values: Values): readonly unknown[] => (Array.isArray(values) ? values : [values]);

const readValue = (value: unknown): Value =>
  typeof value === 'string' || typeof value === 'number' ? value : null;

const open = (path: string): Database.Database => {
  const database = new Database(path, { timeout: 0 });
  try {
    database.pragma('journal_mode = WAL');
    // WAL would make do with NORMAL, and a power cut would then take back what was acknowledged.
    database.pragma('synchronous = FULL');
    // On macOS fsync leaves the data in the drive's cache.
    if (process.platform === 'darwin') {
      database.pragma('fullfsync = ON');
      database.pragma('checkpoint_fullfsync = ON');
    }
    database.pragma('foreign_keys = ON');
    // Savepoints keep their undo pages here.
    database.pragma('temp_store = MEMORY');
    database.pragma('journal_size_limit = 67108864');
    return database;
  } catch (failure) {
    database.close();
    throw failure;
  }
};
