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
  return readWordsFrom(argument.slice(1), io, {
    happened: 'The file cannot be read',
    remedy: 'Name a readable file behind the @, or give - and the words on standard input.',
  });
};

/** The words of a file; `otherwise` says what it means that it cannot be read. */
export const readWordsFrom = (
  file: string,
  { cwd }: Pick<Io, 'cwd'>,
  otherwise: { readonly happened: string; readonly remedy: string },
): Promise<string> => {
  const path = resolve(cwd, file);
  return readFile(path, 'utf8').catch((cause: unknown) => {
    const detail = `${path}: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new Failure('validation', { ...otherwise, detail, cause });
  });
};
