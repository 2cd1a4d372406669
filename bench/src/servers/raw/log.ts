import type Database from 'better-sqlite3';

interface Waiting {
  readonly session: number;
  readonly event: string;
  readonly resolve: (seq: number) => void;
}

/** An event log with one transaction per turn of the event loop. A frame is encoded once, as text. */
export const createLog = (database: Database.Database) => {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const insert = database.prepare<[number, number, string]>('INSERT INTO events VALUES (?, ?, ?)');
  const newest = database
    .prepare<[number], number>('SELECT coalesce(max(seq), 0) FROM events WHERE session = ?')
    .pluck();
  const page = database
    .prepare<[number, number, number], string | null>(
      "SELECT group_concat(frame, '') FROM (SELECT frame FROM events WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?)",
    )
    .pluck();
  const seqs = new Map<number, number>();
  let queue: Waiting[] = [];
  let waiting: (() => void)[] = [];

  const nextSeq = (session: number): number => {
    const seq = (seqs.get(session) ?? newest.get(session) ?? 0) + 1;
    seqs.set(session, seq);
    return seq;
  };
  const flush = () => {
    const group = queue;
    queue = [];
    const given: number[] = [];
    begin.run();
    for (const { session, event } of group) {
      const seq = nextSeq(session);
      insert.run(session, seq, frameOf(seq, event));
      given.push(seq);
    }
    commit.run();
    for (const [index, { resolve }] of group.entries()) resolve(given[index] ?? 0);
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  return {
    append: (session: number, event: string): Promise<number> =>
      new Promise((resolve) => {
        if (queue.push({ session, event, resolve }) === 1) setImmediate(flush);
      }),
    /** Up to `limit` frames after this one as one text; empty at the end. */
    page: (session: number, after: number, limit = 1000): string => page.get(session, after, limit) ?? '',
    /** Resolves with the next commit. */
    appended: (): Promise<void> =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    /** Writes a batch in a transaction of its own, at once. */
    write(session: number, count: number, event: string) {
      begin.run();
      for (let some = 0; some < count; some++) {
        const seq = nextSeq(session);
        insert.run(session, seq, frameOf(seq, event));
      }
      commit.run();
    },
    newest: (session: number): number => newest.get(session) ?? 0,
    /** Writes so many events in transactions of 1,000. */
    fill(session: number, count: number, event: string) {
      for (let seq = nextSeq(session); seq <= count; ) {
        begin.run();
        for (let some = 0; some < 1000 && seq <= count; some++) {
          insert.run(session, seq, frameOf(seq, event));
          seq = nextSeq(session);
        }
        commit.run();
      }
    },
  };
};

export const frameOf = (seq: number, event: string): string => `id: e-${seq}\ndata: ${event}\n\n`;
