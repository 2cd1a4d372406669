import type { HarborClient } from '@agent-harbor/rest-client';
import { CommanderError } from 'commander';
import {
  type CommandDefinition,
  type CommandEntry,
  CommonFlags,
  type Context,
  createParser,
  jsonLine,
  readFlags,
} from './command.ts';
import { commands } from './commands/index.ts';
import { connectTo } from './connect.ts';
import { describeFailure, type ExitCode, exitCodeOf, exitCodes, failureJson } from './failure.ts';
import { overview } from './help.ts';
import type { Io } from './io.ts';
import { resolveSettings } from './settings/resolve.ts';
import { styleFor } from './terminal/style.ts';
import { unknownCommand } from './unknown-command.ts';
import { version } from './version.ts';

/** Runs one command line and gives the exit code. Failures are written, never thrown. */
export const run = async (argv: readonly string[], io: Io): Promise<ExitCode> => {
  // Known before anything is parsed, so that every failure is written the way it was asked for.
  const json = argv.includes('--json');
  try {
    return (await dispatch(argv, io)) ?? exitCodes.ok;
  } catch (error) {
    // What people need to know about it is written already, help as well as errors.
    if (error instanceof CommanderError && (!json || error.exitCode === 0)) return exitCodeOf(error);
    if (json) io.stdout.write(`${failureJson(error)}\n`);
    else
      io.stderr.write(
        describeFailure(error, styleFor({ stdout: io.stderr, env: io.env }, !argv.includes('--no-color'))),
      );
    return exitCodeOf(error);
  }
};

const dispatch = async (argv: readonly string[], io: Io): Promise<ExitCode | undefined> => {
  const { leading, words } = split(argv);
  if (words.length === 0 && leading.some((flag) => flag === '--version' || flag === '-V')) {
    io.stdout.write(`${version}\n`);
    return exitCodes.ok;
  }
  const entry = findCommand(words);
  if (entry !== undefined) {
    return runCommand(entry, [...leading, ...words.slice(entry.path.length)], io);
  }
  const asksForHelp = [...leading, ...words].some((flag) => flag === '--help' || flag === '-h');
  const group = words[0] === 'help' ? words.slice(1) : words.filter((word) => !word.startsWith('-'));
  const named = findCommand(group);
  if (named !== undefined) return runCommand(named, ['--help'], io);
  const known =
    group.length === 0 ||
    (group.length === 1 && commands.some(({ path }) => path.length > 1 && path[0] === group[0]));
  if (!known) throw unknownCommand(group);
  // A noun alone needs a verb: show which there are.
  const wanted = asksForHelp || group.length === 0 || words[0] === 'help';
  (wanted ? io.stdout : io.stderr).write(overview(commands, group[0]));
  return wanted ? exitCodes.ok : exitCodes.validation;
};

/** Flags of every command may stand before it: `ah --json session list`. */
const split = (argv: readonly string[]): { leading: string[]; words: readonly string[] } => {
  const leading: string[] = [];
  let place = 0;
  for (; place < argv.length; place += 1) {
    const word = argv[place] ?? '';
    if (!word.startsWith('-')) break;
    leading.push(word);
    if (['--config', '--rest-base', '--api-key', '--state-dir'].includes(word)) {
      place += 1;
      leading.push(...argv.slice(place, place + 1));
    }
  }
  return { leading, words: argv.slice(place) };
};

const findCommand = (words: readonly string[]): CommandEntry | undefined =>
  commands.find(({ path }) => path.every((word, place) => words[place] === word));

const runCommand = async (
  entry: CommandEntry,
  args: readonly string[],
  io: Io,
): Promise<ExitCode | undefined> => {
  const definition = await entry.load();
  if (definition.passesThrough === true)
    return withContext({ color: true }, io, (context) => definition.run(context, args, {}));
  const parser = definition.declare(createParser(`ah ${entry.path.join(' ')}`, io));
  parser.parse([...args], { from: 'user' });
  const flags: unknown = parser.opts();
  return withContext(readFlags(CommonFlags, flags), io, (context) =>
    definition.run(context, parser.args, flags),
  );
};

const withContext = async (
  flags: CommonFlags,
  io: Io,
  work: (context: Context) => ReturnType<CommandDefinition['run']>,
): Promise<ExitCode | undefined> => {
  const settings = await resolveSettings(flags, io);
  let client: HarborClient | undefined;
  const context: Context = {
    commands,
    io,
    settings,
    json: flags.json ?? false,
    style: styleFor(io, flags.color),
    print: (text) => void io.stdout.write(`${text}\n`),
    printJson: (value) => void io.stdout.write(jsonLine(value)),
    async client() {
      client ??= await connectTo(settings.restBase, settings);
      return client;
    },
  };
  try {
    return await work(context);
  } finally {
    await client?.close();
  }
};
