import { existsSync, readFileSync } from 'node:fs';

/** What a system call of the server meets. */
export interface Injection {
  /** Names of system calls, as strace knows them. */
  readonly calls: readonly string[];
  /** `signal=SIGKILL`, `error=EIO` … */
  readonly what: string;
  /** The first one that meets it is number 1. */
  readonly at: number;
  /** The last one that meets it; only the one at `at` where it is left out. */
  readonly until?: number;
}

/**
 * Runs the server so that one of its system calls meets a fault. Only the main thread is traced: SQLite works on it, and
 * the rest runs at its usual speed.
 */
export const injecting = ({ calls, what, at, until = at }: Injection, log: string): string[] => {
  const names = calls.join(',');
  return [
    'strace',
    '-qq',
    '-o',
    log,
    '-e',
    `trace=${names}`,
    '-e',
    `inject=${names}:${what}:when=${at}..${until}`,
  ];
};

/** Whether the fault struck: a call that was tampered with is marked in the log, one that killed is its last word. */
export const hasStruck = (log: string): boolean =>
  existsSync(log) && /\(INJECTED\)|killed by SIGKILL/.test(readFileSync(log, 'utf8'));
