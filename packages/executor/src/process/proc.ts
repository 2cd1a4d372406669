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
  const fields = statOf(`/proc/${pid}`);
  if (fields === undefined) return undefined;
  const [state, parent, group, session] = fields;
  const [threads, startTime] = [Number(fields[17]), fields[19]];
  if (state === undefined || startTime === undefined) return undefined;
  // A process whose first thread ended looks like a zombie while the others go on.
  if ((state === 'Z' || state === 'X') && threads <= 1) return undefined;
  return { pid, parent: Number(parent), group: Number(group), session: Number(session), startTime };
};

/**
 * Whether a process can use the processor. `waiting` is one that the kernel does not let go, for its vforked child or
 * for a device: a stop meets it before it runs again. A process that is gone counts as stopped.
 */
export const motionOf = (pid: number): 'running' | 'waiting' | 'stopped' => {
  const states = threadsOf(pid).map((thread) => statOf(thread)?.[0] ?? 'X');
  if (states.some((state) => !'TtZXD'.includes(state))) return 'running';
  return states.includes('D') ? 'waiting' : 'stopped';
};

const threadsOf = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
  } catch {
    return [];
  }
};

/** The fields of `stat` from the state on. */
const statOf = (directory: string): readonly string[] | undefined => {
  const stat = readText(`${directory}/stat`);
  // The name stands in parentheses and may contain anything, parentheses too.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
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
