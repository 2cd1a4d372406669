import type { Command } from 'commander';
import { z } from 'zod';
import { collect } from '../../settings/setting-flags.ts';

export const DefineFlag = z.object({ define: z.array(z.string()).default([]) });

/** Declares the flag that defines symbols for the rules of a scenario. */
export const withDefine = (command: Command): Command =>
  command.option(
    '--define <name=value>',
    'a symbol for the rules of the scenario; may be repeated [AH_SCENARIO_DEFINES]',
    collect,
  );
