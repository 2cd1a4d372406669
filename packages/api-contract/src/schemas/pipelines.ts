import { commandWords } from './command-words.ts';
import type { Pipeline } from './event/activity.ts';

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
 * The pipelines of a command line, each with its steps, as they are written, and with what the exit code of the shell tells.
 * Undefined for a line of one command, and for one with anything else than plain commands in it: substitutions, groups,
 * loops, documents, comments.
 */
export const pipelinesOf = (line: string, exitCode?: number | null | undefined): Pipeline[] | undefined => {
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
  if (count < 2 || count > stepLimit || steps.length > 0) return undefined;
  return exitCode === undefined || exitCode === null ? pipelines : settled(pipelines, line, exitCode);
};

/**
 * What a program ran that may be a shell with a line of several commands. Its exit code tells also of the pipelines,
 * as far as it follows.
 */
export const pipelinesRun = (
  argv: readonly string[],
  exitCode?: number | null | undefined,
): Pipeline[] | undefined => {
  const line = shellLineOf(argv);
  if (line === undefined) return undefined;
  // One that leaves at the first failure ends where nobody can tell.
  const isUsual = !argv.slice(1, argv.indexOf(line)).some((flag) => /^-[a-z]*[en]/i.test(flag));
  return pipelinesOf(line, isUsual ? exitCode : undefined);
};

/** What a shell does with these is not to go on with the next command. */
const leaving = new Set(
  'exit exec return set trap break continue . source eval command builtin kill'.split(' '),
);

const goesOn = ({ command }: Pipeline['steps'][number]): boolean => {
  const word = command.split(/\s+/).find((each) => !/^\w+\+?=/.test(each)) ?? '';
  return !word.includes('$') && !leaving.has(word.replaceAll(/['"\\]/g, ''));
};

/**
 * The pipelines with what the exit code of the shell tells of them. It is that of the last one that was run, and those
 * of the last list hang together by `&&` and `||`: what is so in every way it can have come about is told.
 */
const settled = (pipelines: readonly Pipeline[], line: string, exitCode: number): Pipeline[] => {
  if (/&\s*$/.test(line) || !pipelines.every(({ steps }) => steps.every(goesOn))) return [...pipelines];
  const from = pipelines.findLastIndex(({ operator }) => operator !== '&&' && operator !== '||');
  const runs = (operator: Pipeline['operator'], before: boolean) => (operator === '&&') === before;
  /** Whether it may have gone well or badly so far, for each of the list: what leads to this exit code. */
  const ways: boolean[][] = [[exitCode === 0]];
  for (const { operator } of pipelines.slice(from + 1).toReversed()) {
    const [after = []] = ways;
    ways.unshift([true, false].filter((before) => runs(operator, before) || after.includes(before)));
  }
  const list = pipelines.slice(from).map((pipeline, index) => {
    const before = index === 0 ? undefined : (ways[index - 1] ?? []);
    const after = ways[index] ?? [];
    const mayRun = before === undefined || before.some((well) => runs(pipeline.operator, well));
    const maySkip = before?.some((well) => !runs(pipeline.operator, well) && after.includes(well)) ?? false;
    return { pipeline, mayRun, maySkip, after };
  });
  const told = list.map(({ pipeline, mayRun, maySkip, after }, index): Pipeline => {
    if (!mayRun) return { ...pipeline, skipped: true };
    if (maySkip || after.length > 1) return pipeline;
    if (after[0] === true) return { ...pipeline, exit_code: 0 };
    return list.slice(index + 1).some((later) => later.mayRun)
      ? pipeline
      : { ...pipeline, exit_code: exitCode };
  });
  return [...pipelines.slice(0, from), ...told];
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
