import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '@agent-harbor/core';
import { wait } from '../process/wait.ts';

export interface RecorderProgram {
  /** The recorder's program; its last argument is a session's directory, or `waitFlag`. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The last argument of a recorder that is told over its channel which session it records. */
export const waitFlag = '--wait-for-session';

/** There is one recorder per session: a small nursery for young objects saves 6 MiB of each and costs nothing to see. */
const smallHeap = '--max-semi-space-size=1';

/**
 * Starts the program in a session of its own: neither a closed terminal nor Ctrl-C ends it. It talks over the channel
 * until it is let go; what it prints goes to `log`.
 */
export const spawnRecorder = (
  { command, env }: RecorderProgram,
  last: string,
  cwd: string,
  log: number,
): ChildProcess => {
  const [program = '', ...args] = command;
  return spawn(program, [...args, last], {
    cwd,
    env: { ...env, NODE_OPTIONS: smallHeap },
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
    windowsHide: true,
  });
};

/** Resolves with the first message for which this holds, or with why there will be none, in a sentence. */
export const answerOf = async (
  child: ChildProcess,
  isAnswer: (message: unknown) => boolean,
  clock: Clock,
  patienceMs: number,
): Promise<{ readonly message: unknown } | { readonly failure: string }> => {
  const answer = Promise.withResolvers<{ readonly message: unknown } | { readonly failure: string }>();
  const onMessage = (message: unknown) => {
    if (isAnswer(message)) answer.resolve({ message });
  };
  const onError = (error: Error) => answer.resolve({ failure: error.message });
  const onExit = (code: number | null, signal: string | null) =>
    answer.resolve({ failure: `It ended with ${signal ?? `code ${code}`}.` });
  child.on('message', onMessage);
  child.on('error', onError);
  child.on('exit', onExit);
  if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode);
  const answered = new AbortController();
  const late = wait(clock, patienceMs, answered.signal).then(() => ({
    failure: `It did not answer within ${patienceMs / 1000} s.`,
  }));
  try {
    return await Promise.race([answer.promise, late]);
  } finally {
    answered.abort();
    child.off('message', onMessage);
    child.off('exit', onExit);
    // An error without a listener would end this process.
    child.on('error', () => {});
    child.off('error', onError);
  }
};

/** From here on it lives without this process. */
export const letGo = (child: ChildProcess): void => {
  child.removeAllListeners();
  child.on('error', () => {});
  if (child.connected) child.disconnect();
  child.unref();
};
