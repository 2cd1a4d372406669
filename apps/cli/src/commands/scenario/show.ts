import { scenarioSource, writeScenario } from '@agent-harbor/scenario';
import { z } from 'zod';
import { defineCommand, withCommon } from '../../flags.ts';
import { unknownScenario } from './find-scenario.ts';

export const show = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(command)
      .description('Prints a built-in scenario as YAML, to read or to start from.')
      .argument('<name>', 'its name, as `ah scenario list` shows it')
      .addHelpText(
        'after',
        `
Examples:
  $ ah scenario show fix-failing-test
  $ ah scenario show quick-edit > mine.yaml`,
      ),
  run: async (context, [name = '']) => {
    const source = scenarioSource(name);
    if (source === undefined) throw unknownScenario(name);
    if (context.json) await context.printJson(source);
    else await context.io.stdout.write(writeScenario(source));
    return undefined;
  },
});
