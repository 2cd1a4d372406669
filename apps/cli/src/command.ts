import type { HarborClient } from '@agent-harbor/rest-client';
import { Command } from 'commander';
import { z } from 'zod';
import { type ExitCode, Failure } from './failure.ts';
import type { Io } from './io.ts';
import type { Settings } from './settings/resolve.ts';
import { safeJson } from './terminal/sanitise.ts';
import type { Style } from './terminal/style.ts';

/** A command by the words that call it; its file is loaded when it is called. */
export interface CommandEntry {
  readonly path: readonly [string, ...string[]];
  readonly summary: string;
  readonly load: () => Promise<CommandDefinition>;
  /** Called by programs, so not listed. */
  readonly hidden?: boolean;
}

/** What a command works with. */
export interface Context {
  /** Every command there is. */
  readonly commands: readonly CommandEntry[];
  readonly io: Io;
  readonly settings: Settings;
  readonly style: Style;
  /** Whether standard output is read by a program. */
  readonly json: boolean;
  /** Writes lines of text, which the caller has made safe for a terminal. */
  print(text: string): void;
  /** Writes one JSON value on one line. */
  printJson(value: unknown): void;
  /** The server, connected to at the first call and closed when the command ends. */
  client(): Promise<HarborClient>;
}

/** One command, as its file exports it. */
export interface CommandDefinition {
  /** Declares arguments, options and help texts. */
  readonly declare: (command: Command) => Command;
  /** Carries it out; undefined means success. */
  readonly run: (context: Context, args: readonly string[], flags: unknown) => Promise<ExitCode | undefined>;
  /** Whether arguments and options are somebody else's: all goes to `run` as it is, `--help` too. */
  readonly passesThrough?: boolean;
}

/** A command whose flags are read by a schema before it runs. */
export const defineCommand = <Schema extends z.ZodTypeAny>(definition: {
  readonly declare: (command: Command) => Command;
  readonly flags: Schema;
  readonly run: (
    context: Context,
    args: readonly string[],
    flags: z.infer<Schema>,
  ) => Promise<ExitCode | undefined>;
}): CommandDefinition => ({
  declare: definition.declare,
  run: async (context, args, flags) => definition.run(context, args, readFlags(definition.flags, flags)),
});

/** The flags every command has. */
export const CommonFlags = z.object({
  config: z.string().optional(),
  restBase: z.string().optional(),
  apiKey: z.string().optional(),
  stateDir: z.string().optional(),
  json: z.boolean().optional(),
  color: z.boolean().default(true),
});
export type CommonFlags = z.infer<typeof CommonFlags>;

/** Declares the flags of commands that talk to a server. */
export const withServer = (command: Command): Command =>
  command
    .option('--rest-base <url>', 'where the server is (AH_REST_BASE; http://127.0.0.1:3001)')
    .option('--api-key <key>', 'the key to call it with (AH_API_KEY; found by itself on the same machine)')
    .option('--state-dir <dir>', 'where the server of this machine keeps its state (AH_HOME)');

/** Declares the flags of every command. */
export const withCommon = (command: Command): Command =>
  command
    .option('--config <file>', 'a JSON file with settings (AH_CONFIG)')
    .option('--json', 'print JSON for programs')
    .option('--no-color', 'print without colours (NO_COLOR)');

/** Flags as the schema reads them; a bad one is named as it is written on the command line. */
export const readFlags = <Schema extends z.ZodTypeAny>(schema: Schema, flags: unknown): z.infer<Schema> => {
  const parsed = schema.safeParse(flags);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path: [name, ...rest], message }) => {
    const place = rest.length === 0 ? '' : ` (${rest.join('.')})`;
    return `${asFlag(String(name ?? ''))}${place}: ${message}`;
  });
  throw new Failure('validation', {
    happened: 'The command line cannot be understood',
    detail: lines.join('\n'),
    remedy: 'Add --help to see what there is.',
  });
};

/** `maxConcurrentTasks` as it is typed: `--max-concurrent-tasks`. */
const asFlag = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** A whole number between bounds, as a flag. */
export const wholeNumber = (min: number, max: number) =>
  z.coerce
    .number({ invalid_type_error: 'must be a number' })
    .int('must be a whole number')
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);

/** Collects a flag that may be given several times. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/** Prints a value for programs, or what `render` makes of it for people. */
export const show = (context: Context, value: unknown, render: () => string): void => {
  if (context.json) context.printJson(value);
  else context.print(render());
};

/** A parser that tells what is wrong by throwing, and writes where the context writes. */
export const createParser = (name: string, io: Io): Command =>
  new Command(name)
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
    });

export const jsonLine = (value: unknown): string => `${safeJson(value)}\n`;
