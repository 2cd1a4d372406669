import { spawn } from 'node:child_process';
import type { Clock } from '@agent-harbor/core';

/** What became of a program that was tried. */
export interface Tried {
  readonly outcome: 'ok' | 'failed' | 'missing' | 'timed-out';
  /** The beginning of what it printed. */
  readonly stdout: string;
  /** One line of what it complained of, for people. */
  readonly complaint: string;
}

/** Runs a program to see whether it works. */
export type Try = (program: string, ...args: readonly string[]) => Promise<Tried>;

const patienceMs = 4_000;
const keptBytes = 4_096;

export interface TryOptions {
  readonly clock: Clock;
  /** All the program gets of an environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly patienceMs?: number;
}

/** Never rejects: a host on which nothing can be tried is an answer. What does not end in time is killed, and all it started. */
export const createTry =
  ({ clock, env, patienceMs: patience = patienceMs }: TryOptions): Try =>
  (program, ...args) =>
    new Promise((resolve) => {
      const child = spawn(program, args, {
        env: { ...env, LC_ALL: 'C' },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
      const texts = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].on('data', (chunk: Buffer) => {
          if (texts[name].length < keptBytes) texts[name] += chunk.toString('utf8');
        });
      }
      let isLate = false;
      const settle = (outcome: Tried['outcome']) => {
        cancel();
        const complaint = lineOf(texts.stderr) || lineOf(texts.stdout);
        resolve({ outcome, stdout: texts.stdout.slice(0, keptBytes), complaint });
      };
      const cancel = clock.schedule(patience, () => {
        isLate = true;
        try {
          if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL');
          else child.kill('SIGKILL');
        } catch {
          // It ended meanwhile.
        }
        // Whatever still holds its pipes is not waited for.
        child.stdout.destroy();
        child.stderr.destroy();
        settle('timed-out');
      });
      child.on('error', (error: NodeJS.ErrnoException) => {
        texts.stderr ||= error.message;
        settle(error.code === 'ENOENT' ? 'missing' : 'failed');
      });
      child.on('close', (code) => {
        if (!isLate) settle(code === 0 ? 'ok' : 'failed');
      });
    });

const lineOf = (text: string): string =>
  (text.trim().split('\n')[0] ?? '').replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, 200);

/** Why it is not there, in a sentence. */
export const reasonOf = (name: string, { outcome, complaint }: Tried): string => {
  if (outcome === 'missing') return `${name} is not installed, or not on the PATH.`;
  if (outcome === 'timed-out') return `${name} did not answer in time.`;
  return complaint === '' ? `${name} failed without a word.` : `${name} says: ${complaint}`;
};
