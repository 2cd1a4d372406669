import { z } from 'zod';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { webhookTable } from './webhook-text.ts';

export const list = defineCommand({
  flags: z.object({
    limit: wholeNumber(1, 200).default(20),
    task: z.string().optional(),
    ids: z.boolean().optional(),
  }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists webhooks: the urls that are told what happens in sessions, the newest first.')
      .option('--task <id>', 'only those of this task')
      .option('--limit <number>', 'how many (20, at most 200)')
      .option('--ids', 'only their ids, one on each line')
      .addHelpText(
        'after',
        `
Examples:
  $ ah webhook list
  $ ah webhook list --json | jq -r '.items[].url'`,
      ),
  run: async (context, _args, { limit, task, ids }) => {
    const { webhooks } = await context.client(ids === true ? { attempts: 1 } : {});
    const page = await webhooks.listWebhooks({ perPage: limit, taskId: task });
    await context.show(page, () => {
      if (ids === true) return page.items.map(({ id }) => id);
      if (page.items.length === 0) return ['No webhooks. Make one: ah webhook create <url>'];
      const lines = webhookTable(page.items, context.columns);
      return page.nextCursor === null ? lines : [...lines, '… and more: --limit, or --json for the cursor'];
    });
  },
});
