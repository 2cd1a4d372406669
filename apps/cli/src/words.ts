import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Failure } from './failure.ts';
import type { Io } from './io.ts';

/** How `readWords` is explained in a help text. */
export const wordsHelp =
  'The words stand on the command line, or in a file that is named behind an @, or come from standard input by -.';

/** The words of an argument: itself, those of standard input (`-`), or those of a file (`@file`). */
export const readWords = async (argument: string, io: Pick<Io, 'cwd' | 'readStdin'>): Promise<string> => {
  if (argument === '-') return io.readStdin();
  if (!argument.startsWith('@')) return argument;
  const path = resolve(io.cwd, argument.slice(1));
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Failure('validation', {
      happened: 'The file cannot be read',
      detail: `${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: 'Name a readable file behind the @, or give - and the words on standard input.',
      cause,
    });
  });
};
