import { Problem, readJson } from '@agent-harbor/core';
import { checksumOf } from './chain.ts';

/** How a record is read from its JSON; zod's schemas are such. */
type Schema<Output> = Parameters<typeof readJson<Output>>[0];

/** A record as it lies in its row. */
export interface RecordRow {
  readonly record: string;
  readonly checksum: number;
}

/** Said of whatever is not as it was written. */
export const damaged = (what: string, cause?: unknown): Problem =>
  new Problem('data-damaged', { detail: `${what} is damaged in the store.`, cause });

/** The record of a row. Throws `data-damaged` when its text is not the one that was written. */
export const readRecord = <Output>(schema: Schema<Output>, row: RecordRow, what: string): Output =>
  readJson(schema, readRecordText(row, what), what);

/** Its text alone. Throws `data-damaged` when it is not the one that was written. */
export const readRecordText = ({ record, checksum }: RecordRow, what: string): string => {
  if (checksumOf(record) !== checksum) throw damaged(what);
  return record;
};
