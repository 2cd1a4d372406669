import { createHash } from 'node:crypto';
import { Problem } from '@agent-harbor/core';
import type { Connection } from '../connection.ts';
import { allMigrations } from './all.ts';
import type { Migration } from './migration.ts';

/** Marks our files among all SQLite databases: "AHbr". */
export const applicationId = 0x41486272;

/**
 * Brings the database to the newest schema. A database of something else, of a newer release, or one whose applied
 * steps are not the ones this release knows is refused with a sentence, and not touched. Gives whether there was anything
 * to do.
 */
export const migrate = (
  connection: Connection,
  migrations: readonly Migration[] = allMigrations,
): boolean => {
  const { path } = connection;
  const found = Number(connection.pragma('application_id'));
  const [tables] = connection.all<{ count: number }>('SELECT count(*) AS count FROM sqlite_schema');
  if (found !== applicationId && (found !== 0 || (tables?.count ?? 0) > 0)) {
    throw refused(`${path} is not a database of Agent Harbor; choose another state directory.`);
  }
  if (found !== applicationId) {
    connection.transaction(() => {
      connection.pragma(`application_id = ${applicationId}`);
      connection.execute(
        'CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT',
      );
    });
  }
  const applied = connection.all<AppliedMigration>(
    'SELECT version, name, checksum FROM migrations ORDER BY version',
  );
  for (const step of applied) verify(path, step, migrations);
  const done = new Set(applied.map(({ version }) => version));
  const due = migrations.filter(({ version }) => !done.has(version));
  for (const step of due) {
    for (const [name, call] of Object.entries(step.functions?.() ?? {})) connection.define(name, call);
    connection.transaction(() => {
      connection.execute(step.sql);
      connection.run('INSERT INTO migrations (version, name, checksum) VALUES (?, ?, ?)', [
        step.version,
        step.name,
        checksumOf(step),
      ]);
    });
  }
  return due.length > 0;
};

interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

const verify = (path: string, applied: AppliedMigration, migrations: readonly Migration[]): void => {
  const known = migrations.find(({ version }) => version === applied.version);
  const step = `${applied.version} (${applied.name})`;
  if (known === undefined) {
    throw refused(
      `${path} was written by a newer release: it has migration ${step}. Start that release instead.`,
    );
  }
  if (checksumOf(known) !== applied.checksum) {
    throw refused(
      `${path} was made by another migration ${step} than this release has. Start the release that made it.`,
    );
  }
};

const checksumOf = ({ sql }: Migration): string => createHash('sha256').update(sql).digest('hex');

const refused = (detail: string): Problem => new Problem('not-ready', { detail });
