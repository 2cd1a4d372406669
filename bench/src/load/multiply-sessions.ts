import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import Database from 'better-sqlite3';
import { createdAt, sessionId } from './session-numbers.ts';

/** What becomes of a column of the table in a copy; a column that is not named here is copied. */
type Columns = Readonly<Record<string, string>>;

const renamed = (text: string) => `replace(${text}, old_id, new_id)`;
const moved = 'replace(record, old_time, new_time)';
const record = { record: renamed(moved), checksum: `checksum_of(${renamed(moved)})` };

/** By table: which rows stem from the session with this ordinal, and what differs. Tasks have the ordinals of sessions. */
const tables: readonly { readonly name: string; readonly key: string; readonly columns: Columns }[] = [
  { name: 'tasks', key: 'ordinal', columns: { ordinal: 'new_ordinal', id: 'new_id', ...record } },
  {
    name: 'sessions',
    key: 'ordinal',
    columns: {
      ordinal: 'new_ordinal',
      id: 'new_id',
      task: 'new_id',
      created_at: 'new_at',
      updated_at: 'new_at',
      ...record,
    },
  },
  { name: 'session_logs', key: 'session', columns: { session: 'new_ordinal' } },
  { name: 'session_labels', key: 'session', columns: { session: 'new_ordinal' } },
];

/**
 * Copies the first sessions of a database, which the store has written, until there are so many: by SQL, since a
 * commit for each would take the better part of an hour on a slow disk. Nobody may have the database open.
 */
export const multiplySessions = (stateDir: string, first: number, count: number): void => {
  const database = new Database(join(stateDir, 'harbor.db'));
  try {
    // It is thrown away when the run ends.
    database.pragma('synchronous = OFF');
    database.pragma('foreign_keys = OFF');
    database.function('checksum_of', (text) => crc32(String(text)));
    const indexes = database
      .prepare<[], { name: string; sql: string }>(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('tasks', 'sessions', 'session_logs', 'session_labels')",
      )
      .all();
    for (const { name } of indexes) database.exec(`DROP INDEX ${name}`);
    database.exec(
      'CREATE TEMP TABLE copies (old_ordinal INTEGER, old_id TEXT, old_time TEXT, new_ordinal INTEGER PRIMARY KEY, new_id TEXT, new_time TEXT, new_at INTEGER)',
    );
    const plan = database.prepare('INSERT INTO copies VALUES (?, ?, ?, ?, ?, ?, ?)');
    const copies = tables.map(({ name, key, columns }) =>
      database.prepare(copyOf(database, name, key, columns)),
    );
    const words = database.prepare(
      "INSERT INTO session_words (rowid, words) SELECT new_ordinal, 'fix the login page' FROM copies",
    );
    for (let from = first; from < count; from += first) {
      database.transaction(() => {
        database.exec('DELETE FROM copies');
        for (let number = from; number < Math.min(count, from + first); number++) {
          const old = number - from;
          const times = [old, number].map((each) => new Date(createdAt(each)).toISOString());
          plan.run(
            old + 1,
            sessionId(old),
            times[0],
            number + 1,
            sessionId(number),
            times[1],
            createdAt(number),
          );
        }
        for (const copy of copies) copy.run();
        words.run();
      })();
    }
    for (const { sql } of indexes) database.exec(sql);
    database.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
};

const copyOf = (database: Database.Database, table: string, key: string, changed: Columns): string => {
  const names = database
    .prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map(({ name }) => name);
  const values = names.map((name) => changed[name] ?? `${table}.${name}`);
  return `INSERT INTO ${table} (${names.join(', ')}) SELECT ${values.join(', ')}
    FROM copies JOIN ${table} ON ${table}.${key} = copies.old_ordinal ORDER BY new_ordinal`;
};
