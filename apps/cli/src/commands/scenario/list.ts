import { builtInScenarios, initialPromptOf, type Scenario } from '@agent-harbor/scenario';
import { z } from 'zod';
import { defineCommand, withCommon } from '../../flags.ts';
import { table } from '../../terminal/table.ts';

export const list = defineCommand({
  flags: z.object({ tag: z.string().optional() }),
  declare: (command) =>
    withCommon(command)
      .description('Lists the built-in scenarios and what each shows.')
      .option('--tag <tag>', 'only those with this tag, such as failure, approval, steering, chat')
      .addHelpText(
        'after',
        `
Examples:
  $ ah scenario list --tag failure
  $ ah task --agent mock --setting scenario=approval-granted --prompt Migrate --follow`,
      ),
  run: async (context, _args, { tag }) => {
    const found = Object.values(builtInScenarios).filter(
      ({ tags }) => tag === undefined || tags.includes(tag),
    );
    const items = found.map((scenario) => {
      const { name, description, tags } = scenario;
      return { name, description, tags, prompt: initialPromptOf(scenario) };
    });
    await context.show({ items }, () =>
      found.length === 0 ? ['No scenarios.'] : table(columns, found, context.columns),
    );
  },
});

const columns = [
  { title: 'NAME', cell: ({ name }: Scenario) => name },
  { title: 'TAGS', cell: ({ tags }: Scenario) => tags.join(',') },
  { title: 'WHAT IT SHOWS', cell: ({ description = '' }: Scenario) => description },
];
