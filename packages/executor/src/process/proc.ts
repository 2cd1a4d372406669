import { readdirSync, readFileSync } from 'node:fs';

/** One line of the process table, as `/proc/<pid>/stat` gives it (proc_pid_stat(5)). */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Ticks since boot; with the pid it names one process for good. */
  readonly startTime: string;
}

/** Every process that is alive; a zombie is not. */
export const listProcesses = (): ProcessEntry[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((entry) => entry !== undefined);

/** One process, or undefined when it is gone or a zombie. */
export const readProcess = (pid: number): ProcessEntry | undefined => {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name stands in parentheses and may contain anything, parentheses too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  const startTime = fields[19];
  if (state === undefined || startTime === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid, parent: Number(parent), group: Number(group), session: Number(session), startTime };
};

/** Whether the process was started with exactly this variable; false where its environment may not be read. */
export const hasVariable = (pid: number, assignment: string): boolean => {
  const environment = readText(`/proc/${pid}/environ`);
  return environment !== undefined && `\0${environment}`.includes(`\0${assignment}\0`);
};

/** A file of /proc; undefined when the process is gone or not ours to read. */
const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
};
