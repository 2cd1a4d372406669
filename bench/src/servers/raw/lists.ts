import type Database from 'better-sqlite3';

/** Reading sessions with prepared statements. A record is stored as the text that is sent. */
export const createLists = (database: Database.Database) => {
  const one = database.prepare<[string], string>('SELECT record FROM sessions WHERE id = ?').pluck();
  const columns = 'SELECT record, created_at, ordinal FROM sessions';
  const order = 'ORDER BY created_at DESC, ordinal DESC LIMIT 51';
  const first = database.prepare<[], Row>(`${columns} ${order}`);
  const after = database.prepare<[number, number], Row>(
    `${columns} WHERE (created_at, ordinal) < (?, ?) ${order}`,
  );
  const filtered = database.prepare<[string], Row>(`${columns} WHERE status = ? ${order}`);
  return {
    one: (id: string): string | undefined => one.get(id),
    /** A page of 50, newest first. `after` is `<created_at>-<ordinal>` of the last one seen. */
    page(cursor: string | null, status: string | null): string {
      const [at = 0, ordinal = 0] = (cursor ?? '').split('-').map(Number);
      const rows =
        status !== null ? filtered.all(status) : cursor === null ? first.all() : after.all(at, ordinal);
      const last = rows[49];
      const next = rows.length > 50 && last !== undefined ? `"${last.created_at}-${last.ordinal}"` : 'null';
      const items = rows.slice(0, 50).map(({ record }) => record);
      return `{"items":[${items.join(',')}],"nextCursor":${next}}`;
    },
    /** Makes so many sessions whose records are this text, with another id each. */
    fill(count: number, record: string) {
      const insert = database.prepare(
        'INSERT INTO sessions (id, status, created_at, record) VALUES (@id, @status, @at, @record)',
      );
      database.transaction(() => {
        for (let number = 0; number < count; number++) {
          const id = idOf(number);
          const status = number % 1000 === 0 ? 'stopped' : 'completed';
          insert.run({ id, status, at: number * 10, record: record.replaceAll(placeholder, id) });
        }
      })();
    },
  };
};

interface Row {
  readonly record: string;
  readonly created_at: number;
  readonly ordinal: number;
}

/** Stands for the id in the record that `fill` is given. */
const placeholder = '01HVZ6K9T1N8S6M3V3Q3F0X000';

const idOf = (number: number): string => `01${number.toString().padStart(24, '0')}`;
