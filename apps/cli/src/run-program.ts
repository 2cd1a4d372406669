import { carryOut } from './carry-out.ts';
import type { CommandEntry, Wishes } from './command.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { type Io, OutputClosed } from './io.ts';
import { tellFailure } from './tell-failure.ts';
import { version } from './version.ts';

/** Runs one command as a program of its own name: all arguments are its own. Failures are written, never thrown. */
export const runProgram = async (
  name: string,
  entry: Pick<CommandEntry, 'load'>,
  argv: readonly string[],
  io: Io,
): Promise<ExitCode> => {
  let wishes: Wishes = { json: argv.includes('--json'), color: !argv.includes('--no-color') };
  try {
    if (argv.some((flag) => flag === '--version' || flag === '-V')) {
      await io.stdout.write(`${version}\n`);
      return exitCodes.ok;
    }
    const exit = await carryOut({ name, entry, commands: [] }, argv, io, (read) => {
      wishes = read;
    });
    return exit ?? exitCodes.ok;
  } catch (error) {
    if (error instanceof OutputClosed) return exitCodes.ok;
    return tellFailure(error, wishes, io, name);
  }
};
