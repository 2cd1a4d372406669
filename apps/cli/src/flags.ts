import type { Command } from 'commander';
import { z } from 'zod';
import type { CommandDefinition } from './command.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { usageFailure } from './failure.ts';
import { withSettings } from './settings/setting-flags.ts';
import { clientSettings } from './settings/table.ts';

/** A command whose flags are read by a schema before it runs. */
export const defineCommand = <Schema extends z.ZodTypeAny>(definition: {
  readonly declare: (command: Command) => Command;
  readonly flags: Schema;
  readonly takesArgv?: boolean;
  readonly run: (
    context: Context,
    args: readonly string[],
    flags: z.infer<Schema>,
  ) => Promise<ExitCode | undefined>;
}): CommandDefinition => ({
  ...definition,
  run: async (context, args, flags) => definition.run(context, args, readFlags(definition.flags, flags)),
});

/** Declares the flags of commands that talk to a server. */
export const withServer = (command: Command): Command => withSettings(command, Object.values(clientSettings));

/** Declares the flags of every command. */
export const withCommon = (command: Command): Command =>
  command
    .option('--config <file>', 'a JSON file with settings (config.json in the state directory) [AH_CONFIG]')
    .option('--json', 'print JSON for programs')
    .option('--no-color', 'print without colours [NO_COLOR]');

/** The flags every command has. */
export const CommonFlags = z.object({
  config: z.string().optional(),
  json: z.boolean().default(false),
  color: z.boolean().default(true),
});

/** Flags as the schema reads them; a bad one is named as it is written on the command line. */
export const readFlags = <Schema extends z.ZodTypeAny>(schema: Schema, flags: unknown): z.infer<Schema> => {
  const parsed = schema.safeParse(flags);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path: [name, ...rest], message }) => {
    const place = rest.length === 0 ? '' : ` (${rest.join('.')})`;
    return `${asFlag(String(name ?? ''))}${place}: ${message}`;
  });
  throw usageFailure(lines.join('\n'));
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
