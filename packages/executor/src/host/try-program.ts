import type { Clock } from '@agent-harbor/core';
import { overOf, type RunningProgram, type StartProgram } from '../process/start-program.ts';
import { wait } from '../process/wait.ts';

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
  readonly start: StartProgram;
  /** All the program gets of an environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly patienceMs?: number;
}

/**
 * Never rejects: a host on which nothing can be tried is an answer. What does not end in time is killed, and whatever a
 * program leaves behind.
 */
export const createTry =
  ({ clock, start, env, cwd, patienceMs: patience = patienceMs }: TryOptions): Try =>
  async (program, ...args) => {
    const wish = { argv: [program, ...args], cwd, env: { ...env, LC_ALL: 'C' } };
    let running: RunningProgram;
    try {
      running = await start({ ...wish, stdin: 'ignore', stdout: 'pipe' });
    } catch (error) {
      return neverStarted(error);
    }
    const { stdout, stderr } = running;
    const texts = { stdout: '', stderr: '' };
    const read = (name: keyof typeof texts) => (chunk: Buffer) => {
      if (texts[name].length < keptBytes) texts[name] += chunk.toString('utf8');
    };
    stdout?.on('data', read('stdout'));
    stderr.on('data', read('stderr'));
    const over = new AbortController();
    const late = wait(clock, patience, over.signal).then(() => 'late' as const);
    const end = await Promise.race([overOf(running), late]);
    over.abort();
    running.signal('SIGKILL');
    // Whatever still holds its pipes is not waited for.
    stdout?.destroy();
    stderr.destroy();
    return {
      outcome: end === 'late' ? 'timed-out' : end === 0 ? 'ok' : 'failed',
      stdout: texts.stdout.slice(0, keptBytes),
      complaint: lineOf(texts.stderr) || lineOf(texts.stdout),
    };
  };

const neverStarted = (error: unknown): Tried => {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  const words = error instanceof Error ? error.message : String(error);
  return { outcome: isMissing ? 'missing' : 'failed', stdout: '', complaint: lineOf(words) };
};

const lineOf = (text: string): string =>
  (text.trim().split('\n')[0] ?? '').replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, 200);

/** Why it is not there, in a sentence. */
export const reasonOf = (name: string, { outcome, complaint }: Tried): string => {
  if (outcome === 'missing') return `${name} is not installed, or not on the PATH.`;
  if (outcome === 'timed-out') return `${name} did not answer in time.`;
  return complaint === '' ? `${name} failed without a word.` : `${name} says: ${complaint}`;
};
