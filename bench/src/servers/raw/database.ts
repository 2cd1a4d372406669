import { join } from 'node:path';
import Database from 'better-sqlite3';

/** The least a durable log and a list need: one table each, with the settings of the real store. */
export const openDatabase = (folder: string): Database.Database => {
  const database = new Database(join(folder, 'raw.db'), { timeout: 0 });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(`
    CREATE TABLE IF NOT EXISTS events (
      session INTEGER NOT NULL, seq INTEGER NOT NULL, frame TEXT NOT NULL, PRIMARY KEY (session, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS sessions (
      ordinal INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL, created_at INTEGER NOT NULL,
      record TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS sessions_created ON sessions (created_at);
    CREATE INDEX IF NOT EXISTS sessions_status_created ON sessions (status, created_at);
  `);
  return database;
};
