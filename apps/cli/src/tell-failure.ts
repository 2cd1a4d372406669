import type { Wishes } from './command.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import type { Io } from './io.ts';

/** Writes a failure the way it was asked for; the exit code it means. */
export const tellFailure = async (
  error: unknown,
  { json, color }: Wishes,
  io: Io,
  program: string,
): Promise<ExitCode> => {
  const [{ describeFailure, exitCodeOf, failureJson, isAborted }, { isColoured, renderLine }] =
    await Promise.all([import('./failure.ts'), import('./terminal/text.ts')]);
  // Whoever pressed Ctrl-C knows that it ends.
  if (isAborted(error)) return exitCodes.interrupted;
  const coloured = isColoured(io.stderr, io.env, color);
  const written = json
    ? io.stdout.write(`${failureJson(error)}\n`)
    : io.stderr.write(
        describeFailure(error, program)
          .map((line) => `${renderLine(line, coloured)}\n`)
          .join(''),
      );
  // Nobody is left to be told.
  await written.catch(() => undefined);
  return exitCodeOf(error);
};
