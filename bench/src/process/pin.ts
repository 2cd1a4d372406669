import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const cores = availableParallelism();
const hasTaskset = spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

/** Whether servers and load get a core each: it takes two of them, and `taskset`. */
export const canPin = hasTaskset && cores > 1;

/** The core of whatever is measured; the load generator has the other one. */
const serverCore = '0';
const loadCore = '1';

/** The command that runs this argv on the core of servers. */
export const onServerCore = (argv: readonly string[]): string[] =>
  canPin ? ['taskset', '-c', serverCore, ...argv] : [...argv];

/** The same for what may use every core: this process has kept one, and its children would inherit that. */
export const onEveryCore = (argv: readonly string[]): string[] =>
  canPin ? ['taskset', '-c', `0-${cores - 1}`, ...argv] : [...argv];

/** Moves this process, which makes the load, to its core, with all its threads. */
export const moveToLoadCore = (): void => {
  if (canPin) spawnSync('taskset', ['-a', '-cp', loadCore, String(process.pid)], { stdio: 'ignore' });
};
