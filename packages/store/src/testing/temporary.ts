import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSeededIds } from '@agent-harbor/core';
import { onTestFinished } from 'vitest';
import { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from '../index.ts';

/** The path of a database in a directory that is removed with the test. */
export const temporaryPath = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'agent-harbor-store-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, 'harbor.db');
};

/** A store that is closed with the test, if it is not before. */
export const openTemporary = async (
  path: string,
  options: Partial<SqliteStoreOptions> = {},
): Promise<SqliteStore> => {
  const store = await openSqliteStore({ path, ids: createSeededIds('test'), ...options });
  onTestFinished(() => store.close());
  return store;
};
