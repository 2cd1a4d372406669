// A program: appends events to four sessions of the database named by its argument and prints `session offset` for
// each append that was acknowledged, until it is killed. Run again, it goes on after what the store has.
import { writeSync } from 'node:fs';
import { argv } from 'node:process';
import { createSeededIds, wholeHost } from '@agent-harbor/core';
import { openSqliteStore } from '../index.ts';

const store = await openSqliteStore({ path: argv[2] ?? '', ids: createSeededIds('child') });
await store.announce('http://127.0.0.1:1');
writeSync(1, 'ready\n');

const append = async (sessionId: string): Promise<never> => {
  const session = await store.session(wholeHost, sessionId);
  for (let offset = (session?.journalOffset ?? 0) + 1; ; offset++) {
    await store.commit([
      {
        kind: 'events-appended',
        sessionId,
        events: [{ at: offset, body: { type: 'log', level: 'info', message: `${sessionId} ${offset}` } }],
        journalOffset: offset,
      },
    ]);
    writeSync(1, `${sessionId} ${offset}\n`);
  }
};

// Without sessions it only holds the lock.
setInterval(() => undefined, 60_000);
await Promise.all((await store.liveSessions()).map(({ record }) => append(record.id)));
