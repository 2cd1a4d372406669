import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One file of a terminal's log: the frames from `first` up to where the next file begins. */
export interface LogFile {
  readonly first: number;
  readonly path: string;
}

export const fileOf = (directory: string, first: number): LogFile => ({
  first,
  path: join(directory, `${String(first).padStart(12, '0')}.jsonl`),
});

/** The files there are, the oldest first. */
export const logFiles = (directory: string): readonly LogFile[] => {
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch {
    return [];
  }
  return names
    .filter((name) => /^\d{12}\.jsonl$/.test(name))
    .sort()
    .map((name) => fileOf(directory, Number.parseInt(name, 10)));
};
