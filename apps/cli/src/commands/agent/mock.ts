import { z } from 'zod';
import { exitCodes } from '../../exit-code.ts';
import { defineCommand, withCommon } from '../../flags.ts';
import { DefineFlag, withDefine } from '../scenario/define-flag.ts';

const Flags = DefineFlag.extend({
  scenario: z.string().optional(),
  speed: z.coerce.number({ invalid_type_error: 'must be a number' }).min(0).max(100).default(1),
});

export const mock = defineCommand({
  flags: Flags,
  declare: (command) =>
    withDefine(withCommon(command))
      .description(
        'Is the agent that plays scenarios: it speaks the Agent Client Protocol on its standard streams, for everyone who writes a client of it. It really edits files and runs commands where the client says it works.',
      )
      .option(
        '--scenario <scenario>',
        'a YAML file, or the name of a built-in scenario (the one with the nearest prompt)',
      )
      .option('--speed <factor>', 'multiplies every time: 0.1 is ten times as fast, 0 is at once (1)')
      .addHelpText(
        'after',
        `
What was said is kept below $XDG_STATE_HOME/agent-harbor-mock (~/.local/state), so that sessions can be loaded.

Examples:
  $ ah agent mock --scenario ./greet.yaml --speed 0                       started by a client
  $ ah task --repo . --agent acp --prompt "Greet" --follow -- ah agent mock --scenario quick-edit`,
      ),
  run: async (context, _args, { scenario: name, speed, define }) => {
    const { findScenario } = await import('../../scenario/find-scenario.ts');
    const { symbolsFor } = await import('../../scenario/symbols.ts');
    const { runMockAgent } = await import('@agent-harbor/executor/mock-agent');
    const scenario =
      name === undefined ? undefined : findScenario(context, name, symbolsFor(context, define));
    await runMockAgent({ scenario, speed });
    return exitCodes.ok;
  },
});
