import { commandWords, type Pipeline } from '@agent-harbor/api-contract/schemas';

/** A longer line is not for people to read step by step. */
const lineLength = 8 * 1024;
const stepLimit = 64;

const shells = ['sh', 'bash', 'dash', 'zsh', 'ash', 'ksh'];

/** Words that begin something else than a command. */
const reserved = new Set(
  'if then elif else fi for while until do done case esac select function time coproc { } ! [[ ]]'.split(' '),
);

/** The command line that a program is told to understand as a shell; undefined when it is no shell, or told otherwise. */
export const shellLineOf = ([program = '', ...args]: readonly string[]): string | undefined => {
  if (!shells.includes(program.replace(/^.*\//, ''))) return undefined;
  const flag = args.findIndex((argument) => !/^-[a-zA-Z]+$/.test(argument)) - 1;
  return args[flag]?.endsWith('c') === true ? args[flag + 1] : undefined;
};

/**
 * The pipelines of a command line, each with its steps, as they are written: whether they all ran is for the shell to know.
 * Undefined for a line of one command, and for one with anything else than plain commands in it: substitutions, groups,
 * loops, documents, comments.
 */
export const pipelinesOf = (line: string): Pipeline[] | undefined => {
  if (line.length > lineLength) return undefined;
  const pipelines: Pipeline[] = [];
  let steps: Pipeline['steps'] = [];
  let before: Separator | undefined;
  let from = 0;
  for (const gap of gapsOf(line)) {
    if (gap === undefined) return undefined;
    const { separator, at, end } = gap;
    const command = line.slice(from, at).trim();
    from = end;
    if (command === '') {
      // Empty lines, and the end behind a separator that may stand there.
      const isOver = separator === undefined && steps.length === 0 && (before === ';' || before === '&');
      if (
        (separator === '\n' && (pipelines.length === 0 || before !== undefined || steps.length > 0)) ||
        isOver
      )
        continue;
      return undefined;
    }
    const [word = ''] = command.split(/\s/, 1);
    if (reserved.has(word)) return undefined;
    steps.push(stepOf(command));
    if (separator === '|') continue;
    pipelines.push({ ...(before === undefined ? {} : { operator: before }), steps });
    steps = [];
    before = separator === '\n' ? ';' : separator;
  }
  const count = pipelines.reduce((sum, pipeline) => sum + pipeline.steps.length, steps.length);
  return count < 2 || count > stepLimit || steps.length > 0 ? undefined : pipelines;
};

/** A command, and its words where the shell would make nothing else of them. */
const stepOf = (command: string): Pipeline['steps'][number] => {
  const argv = commandWords(command);
  const isPlain = argv !== undefined && !/^\w+\+?=/.test(argv[0] ?? '');
  return isPlain ? { command, argv: [...argv] } : { command };
};

type Separator = NonNullable<Pipeline['operator']>;

/** What stands between two commands; without a separator it is the end of the line. */
interface Gap {
  readonly separator: Separator | '|' | '\n' | undefined;
  readonly at: number;
  readonly end: number;
}

const variable = String.raw`\$(?:\w+|\{\w+\}|[?#@*!$-])`;
/** What belongs to a command: words, quotes, variables, blanks that no comment follows, redirections. */
const partOfCommand = new RegExp(
  [
    String.raw`[^\s\\'"\`$#()<>|&;]+`,
    String.raw`\\[^\n]`,
    `'[^']*'`,
    String.raw`"(?:[^"\\\`$]|\\[^]|${variable})*"`,
    variable,
    String.raw`[ \t]+(?!#)`,
    String.raw`(?<=[^\s|&;])#`,
    String.raw`[<>]&(?:\d+|-)|>>(?![>&(|])|>\||>(?![>&(|])|<(?![<>&(])`,
  ].join('|'),
  'y',
);
const separators = ['&&', '||', ';', '&', '|', '\n'] as const;

/** The gaps of a line, outside of quotes; undefined, and no more, where something is not understood. */
function* gapsOf(line: string): Generator<Gap | undefined> {
  for (let at = 0; at < line.length; ) {
    partOfCommand.lastIndex = at;
    if (partOfCommand.test(line)) {
      at = partOfCommand.lastIndex;
      continue;
    }
    const separator = separators.find((word) => line.startsWith(word, at));
    const end = at + (separator?.length ?? 0);
    const isUnknown = separator === undefined || (separator !== '\n' && /[;&|>]/.test(line[end] ?? ''));
    yield isUnknown ? undefined : { separator, at, end };
    at = end;
  }
  yield { separator: undefined, at: line.length, end: line.length };
}
