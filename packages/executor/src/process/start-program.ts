import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { spawnDetached } from './spawn.ts';

/** What is started: an argv without a shell, with this environment only, as the leader of a session and group of its own. */
export interface ProgramStart {
  readonly argv: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** What it reads: nothing, what is written to it, or a file by its descriptor. */
  readonly stdin: 'ignore' | 'pipe' | number;
  /** Where it prints: to us, or into a file by its descriptor. */
  readonly stdout: 'pipe' | number;
}

export interface RunningProgram {
  /** Its channels, as far as they are pipes. A pipe that failed is one that was closed: the exit code says more. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable;
  /** Resolves with its exit code when it has ended; null when a signal ended it, or nobody can say. */
  readonly ended: Promise<number | null>;
  /** Signals it and what it started, also when it has ended itself. */
  signal(name: NodeJS.Signals): void;
}

/** Starts a program; rejects with the system's error, which has a `code`, when it cannot be started. */
export type StartProgram = (start: ProgramStart) => Promise<RunningProgram>;

/**
 * From this process itself. That stops every thread of it until the system has copied what it knows of this process's
 * memory, so a large one better asks a fork server.
 */
export const startDirectly: StartProgram = (start) =>
  new Promise((resolve, reject) => {
    const child = spawnDetached(start.argv, start);
    child.on('error', reject);
    const { pid, stderr } = child;
    if (pid === undefined || stderr === null) return;
    resolve({
      stdin: child.stdin ?? undefined,
      stdout: child.stdout ?? undefined,
      stderr,
      ended: endOf(child),
      signal: (name) => (process.platform === 'win32' ? child.kill(name) : signalGroup(pid, name)),
    });
  });

/** Its exit code, null for a signal. */
const endOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    child.once('exit', resolve);
  });

export const signalGroup = (leader: number, name: NodeJS.Signals): void => {
  try {
    process.kill(-leader, name);
  } catch {
    // All of it ended meanwhile.
  }
};

/** Resolves with the exit code when the program has ended and nobody holds its output any more. */
export const overOf = async ({ ended, stdout, stderr }: RunningProgram): Promise<number | null> => {
  await Promise.all([closed(stdout), closed(stderr)]);
  return ended;
};

const closed = (stream: Readable | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (stream === undefined || stream.closed) return resolve();
    stream.once('close', resolve);
  });
