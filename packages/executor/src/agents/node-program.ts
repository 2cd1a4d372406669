import { closeSync, openSync, readSync, realpathSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { findProgram } from '../process/find-program.ts';
import type { Environment } from './agent-environment.ts';

/**
 * An argv whose program is a script for Node is started with the Node that runs this host: many agents need a newer one
 * than the PATH may have. Other programs stay what they are.
 */
export const argvOf = (argv: readonly string[], { PATH = '', PATHEXT }: Environment): readonly string[] => {
  const [program = '', ...args] = argv;
  const path = isAbsolute(program) ? program : findProgram(program, PATH, PATHEXT);
  return path !== undefined && isNodeScript(path) ? [process.execPath, realpathSync(path), ...args] : argv;
};

const isNodeScript = (path: string): boolean => /^#![^\n]*[ /]node\b/.test(beginning(path));

const beginning = (path: string): string => {
  const bytes = Buffer.alloc(128);
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    return bytes.toString('latin1', 0, readSync(file, bytes));
  } catch {
    return '';
  } finally {
    if (file !== undefined) closeSync(file);
  }
};
