import { z } from 'zod';
import { defineCommand, withCommon } from '../../flags.ts';

export const list = defineCommand({
  flags: z.object({ tag: z.string().optional(), names: z.boolean().optional() }),
  declare: (command) =>
    withCommon(command)
      .description('Lists the built-in scenarios and what each shows.')
      .option('--tag <tag>', 'only those with this tag, such as failure, approval, steering, chat')
      .option('--names', 'only their names, one on each line')
      .addHelpText(
        'after',
        `
Examples:
  $ ah scenario list --tag failure
  $ ah task --agent mock --setting scenario=approval-granted --prompt Migrate --follow`,
      ),
  // What is heavy is loaded here: the help does without.
  run: async (context, _args, { tag, names }) => {
    const { listScenarios } = await import('../../scenario/list.ts');
    await listScenarios(context, tag, names === true);
    return undefined;
  },
});
