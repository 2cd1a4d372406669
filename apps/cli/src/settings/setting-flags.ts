import type { Command, Option } from 'commander';
import type { FlagValues } from './read-settings.ts';
import type { Setting } from './table.ts';

/** Declares settings as flags of a command. */
export const withSettings = (command: Command, settings: readonly Setting[]): Command => {
  for (const setting of settings) {
    const { flag, kind, about, env } = setting;
    const option = command.createOption(flag, `${about} [${env}]`);
    if (['list', 'paths', 'objects'].includes(kind)) option.argParser(collect);
    // Without a default of its own commander would print `(default: true)` behind `--no-auth`.
    if (option.negate) option.default(true, '');
    command.addOption(option);
    declared.set(option, setting);
  }
  return command;
};

const declared = new WeakMap<Option, Setting>();

/** The settings that were given as flags. */
export const givenSettings = (command: Command): FlagValues =>
  new Map(
    command.options.flatMap((option): [string, unknown][] => {
      const setting = declared.get(option);
      const name = option.attributeName();
      if (setting === undefined || command.getOptionValueSource(name) !== 'cli') return [];
      // `--no-auth` switches the setting `noAuth` on.
      const value: unknown = option.negate ? true : command.getOptionValue(name);
      return [[setting.env, value]];
    }),
  );

/** Collects a flag that may be given several times. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];
