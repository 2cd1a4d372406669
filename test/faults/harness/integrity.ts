import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What SQLite itself says of the database of a server that has ended: `ok`, or what is wrong. */
export const integrityOf = (stateDir: string): string => {
  const database = new DatabaseSync(join(stateDir, 'harbor.db'));
  try {
    const rows = database.prepare('PRAGMA integrity_check').all();
    const foreign = database.prepare('PRAGMA foreign_key_check').all();
    return [
      ...rows.map((row) => String(row.integrity_check)),
      ...foreign.map((row) => JSON.stringify(row)),
    ].join('\n');
  } finally {
    database.close();
  }
};
