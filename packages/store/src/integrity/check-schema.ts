import { createHash } from 'node:crypto';
import { Problem } from '@agent-harbor/core';
import type { Connection } from '../connection.ts';

const readSchema = 'SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name';
const find = "SELECT value FROM meta WHERE name = 'schema'";
const keep = "REPLACE INTO meta (name, value) VALUES ('schema', ?)";

/**
 * Holds the schema against its digest: another letter in the name of a column would fail every query in a way that looks
 * like a defect of ours. `isNew` says that it was changed on purpose just now. Throws `data-damaged`.
 */
export const checkSchema = (connection: Connection, isNew: boolean): void => {
  const schema = JSON.stringify(connection.all(readSchema));
  const digest = createHash('sha256').update(schema).digest('hex');
  const known = connection.get<{ value: string }>(find)?.value;
  if (known === digest) return;
  if (known !== undefined && !isNew) {
    throw new Problem('data-damaged', { detail: `${connection.path} is damaged: its schema was changed.` });
  }
  connection.run(keep, [digest]);
};
