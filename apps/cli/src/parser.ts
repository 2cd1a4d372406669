import { Command } from 'commander';
import type { Io } from './io.ts';

/** A parser that tells what is wrong by throwing. */
export const createParser = (
  name: string,
  io: Pick<Io, 'stdout'>,
  writeOut: (text: string) => void,
): Command =>
  new Command(name)
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut,
      // It comes back as an error, which is told in our own way.
      writeErr: () => undefined,
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stdout.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
