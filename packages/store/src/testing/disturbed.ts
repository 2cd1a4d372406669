import { silent } from '@agent-harbor/core';
import { onTestFinished } from 'vitest';
import { Connection } from '../connection.ts';
import { takeLock } from '../lock.ts';
import { migrate } from '../migrations/migrate.ts';
import { Reserve } from '../reserve.ts';
import { createSqliteStore } from '../sqlite-store.ts';
import { created } from './samples.ts';
import { temporaryPath } from './temporary.ts';

/** A store with one session, whose connection the test can disturb. It has no reserve. */
export const openDisturbed = async () => {
  const path = await temporaryPath();
  const connection = new Connection(path);
  migrate(connection);
  const store = createSqliteStore({
    connection,
    lock: takeLock(path),
    reserve: new Reserve({ databasePath: path, bytes: 0, log: silent }),
    epoch: 'x',
    observe: () => undefined,
    log: silent,
  });
  onTestFinished(() => store.close());
  await store.commit(created(1));
  const pages = () => Number(connection.pragma('page_count'));
  return { path, connection, store, pages };
};
