import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTry, type TryOptions } from '../host/try-program.ts';
import { type Environment, hostEnvironment } from './agent-environment.ts';
import type { InstalledProgram } from './installed-program.ts';

/** The version a program says it has; null where it says none. */
export type AskVersion = (program: InstalledProgram) => Promise<string | null>;

export interface AskVersionOptions extends Pick<TryOptions, 'clock' | 'start'> {
  readonly environment: Environment;
}

/** Longer than this nobody waits for a list of agents. */
const patienceMs = 3_000;

/**
 * Asks programs that no package tells about, by `--version`: each once, until its file is another. They get nothing of
 * the host but where programs are, and a home that is gone afterwards.
 */
export const createAskVersion = (options: AskVersionOptions): AskVersion => {
  const asked = new Map<string, { readonly stamp: string; readonly answer: Promise<string | null> }>();
  return (program) => {
    const key = JSON.stringify(program.argv);
    const stamp = stampOf(program.path);
    const known = asked.get(key);
    if (known?.stamp === stamp) return known.answer;
    const answer = ask(program, options).catch(() => null);
    asked.set(key, { stamp, answer });
    return answer;
  };
};

const ask = async (
  { argv: [word = '', ...rest] }: InstalledProgram,
  { environment, clock, start }: AskVersionOptions,
): Promise<string | null> => {
  const home = await mkdtemp(join(tmpdir(), 'ah-version-'));
  try {
    const env = {
      ...hostEnvironment(environment),
      HOME: home,
      USERPROFILE: home,
      TMPDIR: home,
      TERM: 'dumb',
    };
    const attempt = createTry({ clock, start, env, cwd: home, patienceMs });
    const { stdout } = await attempt(word, ...rest, '--version');
    return /\d+\.\d+[\w.+-]*/.exec(stdout)?.[0].slice(0, 64) ?? null;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
};

const stampOf = (path: string | undefined): string => {
  const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.mtimeMs}-${stat.size}`;
};
