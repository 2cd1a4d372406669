import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Clock } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import { tailOf } from '../journal/cut.ts';
import type { SessionDirectory } from './session-directory.ts';

export interface RecorderProcess {
  /** The recorder's program; it gets the session's directory as its last argument. */
  readonly command: readonly string[];
  readonly directory: SessionDirectory;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

/** How long a recorder may take to be ready, on a host that is busy. */
const readyMs = 30_000;

/** There is one recorder per session: a small nursery for young objects saves 6 MiB of each and costs nothing to see. */
const smallHeap = '--max-semi-space-size=1';

/** Starts a recorder that outlives this process; resolves when it takes commands. */
export const startRecorderProcess = async (recorder: RecorderProcess): Promise<void> => {
  const { command, directory, env, clock } = recorder;
  const [program = '', ...args] = command;
  const log = openSync(directory.log, 'a', 0o600);
  try {
    // A session of its own: neither a closed terminal nor Ctrl-C ends it. It says that it is ready over the channel,
    // and lets the channel go.
    const child = spawn(program, [...args, directory.root], {
      cwd: directory.root,
      env: { ...env, NODE_OPTIONS: smallHeap },
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
      windowsHide: true,
    });
    const giveUp = clock.schedule(readyMs, () => child.kill('SIGKILL'));
    const failure = await new Promise<string | undefined>((resolve) => {
      child.once('message', () => resolve(undefined));
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(`It ended with ${signal ?? `code ${code}`}.`));
    });
    giveUp();
    child.removeAllListeners();
    child.on('error', () => {});
    if (child.connected) child.disconnect();
    child.unref();
    if (failure !== undefined) throw cannotStart(failure, directory);
  } finally {
    closeSync(log);
  }
};

const cannotStart = (failure: string, directory: SessionDirectory): Problem => {
  const words = tailOf(readFileSync(directory.log, 'utf8'), 2048).trim();
  return new Problem('internal', {
    detail: `The recorder could not be started: ${failure}${words === '' ? '' : ` ${words}`}`,
  });
};
