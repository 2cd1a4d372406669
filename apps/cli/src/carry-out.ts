import { type Command, CommanderError } from 'commander';
import type { CommandDefinition, CommandEntry, Wishes } from './command.ts';
import { type ContextOptions, createContext } from './context.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { usageFailure } from './failure.ts';
import { CommonFlags, readFlags } from './flags.ts';
import type { Io } from './io.ts';
import { createParser } from './parser.ts';
import { givenSettings } from './settings/setting-flags.ts';

/** A command as it was called. */
export interface CalledCommand {
  /** The words that call it, as the help names it. */
  readonly name: string;
  readonly entry: Pick<CommandEntry, 'load'>;
  /** Every command there is beside it. */
  readonly commands: readonly CommandEntry[];
}

/** Reads the arguments of a command and carries it out; `heed` hears how output is wished for as soon as that is known. */
export const carryOut = async (
  { name, entry, commands }: CalledCommand,
  args: readonly string[],
  io: Io,
  heed: (wishes: Wishes) => void,
): Promise<ExitCode | undefined> => {
  const definition = await entry.load();
  const read = readArguments(name, definition, args, io);
  if ('help' in read) {
    await io.stdout.write(read.help);
    return exitCodes.ok;
  }
  const { parser, operands } = read;
  const flags: unknown = parser.opts();
  const { config, json, color } = readFlags(CommonFlags, flags);
  heed({ json, color });
  const options: ContextOptions = {
    commands,
    json,
    color,
    settings: async () => {
      const { readSettings } = await import('./settings/read-settings.ts');
      return readSettings(givenSettings(parser), config, io);
    },
  };
  const { context, close } = createContext(io, options);
  try {
    return await definition.run(context, operands, flags);
  } finally {
    await close();
  }
};

const readArguments = (
  name: string,
  { declare, takesArgv = false }: CommandDefinition,
  args: readonly string[],
  io: Io,
): { parser: Command; operands: readonly string[] } | { help: string } => {
  let help = '';
  const parser = declare(createParser(name, io, (text) => (help += text)));
  const end = takesArgv ? args.indexOf('--') : -1;
  try {
    parser.parse(end < 0 ? [...args] : args.slice(0, end), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { help };
    throw usageFailure(error.message.replace(/^error: /, ''));
  }
  return { parser, operands: takesArgv ? (end < 0 ? [] : args.slice(end + 1)) : parser.args };
};
