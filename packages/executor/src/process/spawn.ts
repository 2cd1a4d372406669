import { type ChildProcess, spawn } from 'node:child_process';
import type { SpawnOptions } from './process-tree.ts';

/** Starts a program without a shell, with this environment only, as the leader of a session and group of its own. */
export const spawnDetached = (
  [program = '', ...args]: readonly string[],
  options: SpawnOptions,
): ChildProcess =>
  spawn(program, args, {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: [options.stdin, 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
