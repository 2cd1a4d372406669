import { z } from 'zod';
import { defineCommand, withCommon } from '../../flags.ts';
import { DefineFlag, withDefine } from './define-flag.ts';

const Flags = DefineFlag.extend({
  speed: z.coerce.number({ invalid_type_error: 'must be a number' }).min(0).max(100).default(1),
});

export const play = defineCommand({
  flags: Flags,
  declare: (command) =>
    withDefine(withCommon(command))
      .description(
        'Plays a scenario here, in memory, and prints what happens. No tool is run, no file is changed.',
      )
      .argument('<scenario>', 'a YAML file, or the name of a built-in scenario')
      .option('--speed <factor>', 'multiplies every time: 0.1 is ten times as fast, 0 is at once (1)')
      .addHelpText(
        'after',
        `
With --json every event is one line. Exit code 0: the session would be completed; 1: it would not.

Examples:
  $ ah scenario play fix-failing-test --speed 0.2
  $ ah scenario play ./mine.yaml --speed 0 --json | jq -r .type`,
      ),
  run: async (context, [name = ''], flags) => {
    const { playScenario } = await import('../../scenario/play.ts');
    return playScenario(context, name, flags);
  },
});
