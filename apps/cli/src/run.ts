import type { CommandEntry, Wishes } from './command.ts';
import { commands } from './commands/index.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { overview } from './help.ts';
import { type Io, OutputClosed } from './io.ts';
import { tellFailure } from './tell-failure.ts';
import { version } from './version.ts';

/**
 * Runs one command line and gives the exit code. Failures are written, never thrown. What was not asked for stays
 * unloaded, the parser of flags and the schemas too: a version and a list of commands come at once, and a recorder runs
 * once per session and must stay small.
 */
export const run = async (argv: readonly string[], io: Io): Promise<ExitCode> => {
  // By hand until the command line is read, as it may be what fails. Behind `--` stand the words of another program.
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  let wishes: Wishes = { json: own.includes('--json'), color: !own.includes('--no-color') };
  const heed = (read: Wishes) => {
    wishes = read;
  };
  try {
    return (await dispatch(argv, io, heed)) ?? exitCodes.ok;
  } catch (error) {
    if (error instanceof OutputClosed) return exitCodes.ok;
    return tellFailure(error, wishes, io, 'ah');
  }
};

type Heed = (wishes: Wishes) => void;

const dispatch = async (argv: readonly string[], io: Io, heed: Heed): Promise<ExitCode | undefined> => {
  const program = programs[argv.slice(0, 2).join(' ')];
  if (program !== undefined) return program(argv.slice(2), io);
  const { leading, words } = split(argv);
  if (words.length === 0 && leading.some((flag) => flag === '--version' || flag === '-V')) {
    await io.stdout.write(`${version}\n`);
    return exitCodes.ok;
  }
  const entry = findCommand(words);
  if (entry !== undefined) {
    const { carryOut } = await import('./carry-out.ts');
    const name = `ah ${entry.path.join(' ')}`;
    const args = [...leading, ...words.slice(entry.path.length)];
    return carryOut({ name, entry, commands }, args, io, heed);
  }
  const asksForHelp = [...leading, ...words].some((flag) => flag === '--help' || flag === '-h');
  const group = words[0] === 'help' ? words.slice(1) : words.filter((word) => !word.startsWith('-'));
  const named = findCommand(group);
  if (named !== undefined) return dispatch([...named.path, '--help'], io, heed);
  const known =
    group.length === 0 ||
    (group.length === 1 && commands.some(({ path }) => path.length > 1 && path[0] === group[0]));
  if (!known) throw (await import('./unknown-command.ts')).unknownCommand(group);
  // A noun alone needs a verb: show which there are.
  const wanted = asksForHelp || group.length === 0 || words[0] === 'help';
  await (wanted ? io.stdout : io.stderr).write(overview(commands, group[0]));
  return wanted ? exitCodes.ok : exitCodes.validation;
};

/** Called by programs, once per session: all arguments are theirs. */
const programs: Readonly<Record<string, (args: readonly string[], io: Io) => Promise<ExitCode>>> = {
  'agent record': async (args, io) => (await import('./commands/agent/record.ts')).runRecord(args, io),
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

/** The command that most of the words name. */
const findCommand = (words: readonly string[]): CommandEntry | undefined =>
  commands.reduce<CommandEntry | undefined>((best, entry) => {
    const isNamed = entry.path.every((word, place) => words[place] === word);
    return isNamed && entry.path.length > (best?.path.length ?? 0) ? entry : best;
  }, undefined);
