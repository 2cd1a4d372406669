import { type ChildProcess, spawn } from 'node:child_process';
import type { ProgramStart } from './start-program.ts';

/** Starts a program without a shell, with this environment only, as the leader of a session and group of its own. */
export const spawnDetached = (
  [program = '', ...args]: readonly string[],
  {
    cwd,
    env,
    stdin,
    stdout = 'pipe',
  }: Omit<ProgramStart, 'argv' | 'stdout'> & Partial<Pick<ProgramStart, 'stdout'>>,
): ChildProcess =>
  spawn(program, args, {
    cwd,
    env: { ...env },
    stdio: [stdin, stdout, 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
