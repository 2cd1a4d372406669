import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnDetached } from '../process/spawn.ts';
import { type Environment, hostEnvironment } from './agent-environment.ts';
import type { InstalledProgram } from './installed-program.ts';

/** The version a program says it has; null where it says none. */
export type AskVersion = (program: InstalledProgram) => Promise<string | null>;

/** Longer than this nobody waits for a list of agents. */
const patienceMs = 3_000;
const printedBytes = 4 * 1024;

/**
 * Asks programs that no package tells about, by `--version`: each once, until its file is another. They get nothing of
 * the host but where programs are, and a home that is gone afterwards.
 */
export const createAskVersion = (environment: Environment): AskVersion => {
  const asked = new Map<string, { readonly stamp: string; readonly answer: Promise<string | null> }>();
  return (program) => {
    const key = JSON.stringify(program.argv);
    const stamp = stampOf(program.path);
    const known = asked.get(key);
    if (known?.stamp === stamp) return known.answer;
    const answer = ask(program, environment).catch(() => null);
    asked.set(key, { stamp, answer });
    return answer;
  };
};

const ask = async ({ argv }: InstalledProgram, environment: Environment): Promise<string | null> => {
  const home = await mkdtemp(join(tmpdir(), 'ah-version-'));
  try {
    return await versionIn([...argv, '--version'], home, environment);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
};

const versionIn = async (
  argv: readonly string[],
  home: string,
  environment: Environment,
): Promise<string | null> => {
  const env = { ...hostEnvironment(environment), HOME: home, USERPROFILE: home, TMPDIR: home, TERM: 'dumb' };
  const child = spawnDetached(argv, { cwd: home, env, stdin: 'ignore' });
  const over = new AbortController();
  let printed = '';
  const done = new Promise<void>((resolve) => {
    child.on('error', () => resolve());
    child.on('close', () => resolve());
    child.stderr?.resume();
    child.stdout?.on('data', (chunk: Buffer) => {
      if (printed.length < printedBytes) printed += chunk.toString('latin1', 0, printedBytes);
    });
  });
  await Promise.race([done, sleep(patienceMs, undefined, { signal: over.signal }).catch(() => {})]);
  over.abort();
  end(child.pid);
  return /\d+\.\d+[\w.+-]*/.exec(printed.slice(0, printedBytes))?.[0].slice(0, 64) ?? null;
};

/** With what it may have left running. */
const end = (pid: number | undefined): void => {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
};

const stampOf = (path: string | undefined): string => {
  const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.mtimeMs}-${stat.size}`;
};
