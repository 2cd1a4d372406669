import type { Command } from 'commander';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

/** A command by the words that call it; its file is loaded when it is called. */
export interface CommandEntry {
  readonly path: readonly [string, ...string[]];
  readonly summary: string;
  readonly load: () => Promise<CommandDefinition>;
}

/** One command, as its file exports it. */
export interface CommandDefinition {
  /** Declares arguments, options and help texts. */
  readonly declare: (command: Command) => Command;
  /** Carries it out; undefined means success. */
  readonly run: (context: Context, args: readonly string[], flags: unknown) => Promise<ExitCode | undefined>;
  /** Whether the words behind `--` are an argv of somebody else's: `run` gets them as its arguments, and no others. */
  readonly takesArgv?: boolean;
}

/** How output is wished for. */
export interface Wishes {
  /** Whether standard output is read by a program. */
  readonly json: boolean;
  /** False for `--no-color`. */
  readonly color: boolean;
}
