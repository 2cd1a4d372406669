import { delimiter, isAbsolute, join } from 'node:path';
import type { Clock } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core';
import { canFindProgram } from '../process/find-program.ts';
import { overOf, type StartProgram } from '../process/start-program.ts';

/** Finds the program that searches; rejects with `unsupported-choice` where there is none. */
export type FindRipgrep = () => Promise<string>;

/** The one that was installed with us; on a platform it is not built for, the one on the search path. */
export const createFindRipgrep = (
  environment: NodeJS.ProcessEnv,
  load: () => Promise<{ readonly rgPath: string }> = () => import('@vscode/ripgrep'),
): FindRipgrep => {
  let found: Promise<string> | undefined;
  return () => {
    found ??= load().then(
      ({ rgPath }) => rgPath,
      () => onSearchPath(environment),
    );
    // It may be installed meanwhile.
    found.catch(() => {
      found = undefined;
    });
    return found;
  };
};

const onSearchPath = (environment: NodeJS.ProcessEnv): string => {
  const name = process.platform === 'win32' ? 'rg.exe' : 'rg';
  const directories = (environment.PATH ?? '').split(delimiter).filter(isAbsolute);
  const directory = directories.find((candidate) => canFindProgram(join(candidate, name), ''));
  if (directory !== undefined) return join(directory, name);
  throw new Problem('unsupported-choice', {
    detail:
      'This host cannot search in files: ripgrep (rg) was not installed with the server and is not on its PATH. Install it.',
  });
};

/** How one search ended. */
export type RipgrepEnd =
  | { readonly kind: 'done' }
  /** It said why: a pattern that is none, or files that cannot be read, which are left out. */
  | { readonly kind: 'complained'; readonly words: string }
  | { readonly kind: 'cut'; readonly by: 'time' | 'output' | 'caller' };

/** One run of the program. */
export interface RipgrepRun {
  readonly program: string;
  readonly start: StartProgram;
  readonly clock: Clock;
  readonly directory: string;
  /** Everything behind the flags that every run has. */
  readonly args: readonly string[];
  /** How long it may take, milliseconds, and print, bytes. */
  readonly maxMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
  readonly output: (chunk: Buffer) => void;
}

const wordsBytes = 4096;

/**
 * Runs ripgrep beside the server: whatever the pattern costs, it costs another process, and not for longer than it may.
 * Nothing of our environment or configuration gets in, and nothing goes through a shell.
 */
export const runRipgrep = async ({
  program,
  start,
  clock,
  directory,
  args,
  maxMs,
  maxBytes,
  signal,
  output,
}: RipgrepRun): Promise<RipgrepEnd> => {
  if (signal?.aborted) return { kind: 'cut', by: 'caller' };
  const search = await start({
    argv: [program, '--no-config', '--color=never', ...args],
    cwd: directory,
    env: { LC_ALL: 'C' },
    stdin: 'ignore',
    stdout: 'pipe',
  });
  let printed = 0;
  let words = '';
  let cutBy: 'time' | 'output' | 'caller' | undefined;
  const cut = (by: typeof cutBy) => {
    cutBy ??= by;
    search.signal('SIGKILL');
  };
  const leave = () => cut('caller');
  const cancel = clock.schedule(maxMs, () => cut('time'));
  signal?.addEventListener('abort', leave, { once: true });
  if (signal?.aborted) leave();
  search.stdout?.on('data', (chunk: Buffer) => {
    if (cutBy !== undefined) return;
    printed += chunk.length;
    if (printed > maxBytes) cut('output');
    else output(chunk);
  });
  search.stderr.on('data', (chunk: Buffer) => {
    if (words.length < wordsBytes) words += chunk.toString('utf8').slice(0, wordsBytes);
  });
  const exitCode = await overOf(search);
  cancel();
  signal?.removeEventListener('abort', leave);
  if (cutBy !== undefined) return { kind: 'cut', by: cutBy };
  // 1: nothing was found.
  return exitCode === 0 || exitCode === 1 ? { kind: 'done' } : { kind: 'complained', words: words.trim() };
};
