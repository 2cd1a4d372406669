import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readProcess } from './proc.ts';

/** Names one process for good: a pid alone is given to another one sooner or later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in the host's own terms; empty where the host does not say. */
  readonly started: string;
}

/** The identity of a living process; undefined when there is none with this pid, or only its zombie. */
export const identityOf = (pid: number): ProcessIdentity | undefined => {
  if (process.platform === 'linux') {
    const entry = readProcess(pid);
    return entry === undefined ? undefined : { pid, started: `${bootId()}:${entry.startTime}` };
  }
  if (process.platform === 'win32') return isAlive(pid) ? { pid, started: '' } : undefined;
  const started = startedByPs(pid);
  return started === undefined ? undefined : { pid, started };
};

/** Whether this very process still runs. */
export const isRunning = (identity: ProcessIdentity): boolean =>
  identityOf(identity.pid)?.started === identity.started;

/** Sends a signal; false when the process is gone. */
export const signalProcess = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};

/** Start times count from the boot, so the boot is part of the name. */
const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
};

const startedByPs = (pid: number): string | undefined => {
  try {
    const options = { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' }, stdio: 'pipe' } as const;
    const [state = 'Z', ...started] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], options)
      .trim()
      .split(/\s+/);
    return state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
