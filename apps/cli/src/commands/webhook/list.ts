import { z } from 'zod';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { PageFlags, pageQuery, showPage, withPage } from '../../list-pages.ts';
import { webhookTable } from './webhook-text.ts';

export const list = defineCommand({
  flags: PageFlags.extend({ task: z.string().optional(), ids: z.boolean().optional() }),
  declare: (command) =>
    withPage(withCommon(withServer(command)))
      .description('Lists webhooks: the urls that are told what happens in sessions, the newest first.')
      .option('--task <id>', 'only those of this task')
      .option('--ids', 'only their ids, one on each line')
      .addHelpText(
        'after',
        `
Examples:
  $ ah webhook list
  $ ah webhook list --json | jq -r '.items[].url'`,
      ),
  run: async (context, _args, flags) => {
    const { webhooks } = await context.client(flags.ids === true ? { attempts: 1 } : {});
    const page = await webhooks.listWebhooks({ ...pageQuery(flags), taskId: flags.task });
    await showPage(context, page, {
      flags,
      nothing: 'No webhooks. Make one: ah webhook create <url>',
      lines: (items) => webhookTable(items, context.columns),
      words: flags.ids === true ? (items) => items.map(({ id }) => id) : undefined,
    });
  },
});
