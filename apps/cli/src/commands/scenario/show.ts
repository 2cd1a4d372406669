import { z } from 'zod';
import { defineCommand, withCommon } from '../../flags.ts';

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
    const { showScenario } = await import('../../scenario/show.ts');
    await showScenario(context, name);
    return undefined;
  },
});
