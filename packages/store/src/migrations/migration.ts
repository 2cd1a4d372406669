import type { Value } from '../connection.ts';

/** One step of the schema. Once released it never changes: its checksum is kept in every database it was applied to. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** Functions its SQL calls, made anew for each run. */
  readonly functions?: () => Readonly<Record<string, (...values: Value[]) => Value>>;
}
