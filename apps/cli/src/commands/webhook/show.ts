import { z } from 'zod';
import { findWebhook, webhookArgument } from '../../find-webhook.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { webhookLines } from './webhook-text.ts';

export const show = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Shows one webhook, and what it still has to send and gave up.')
      .argument('<webhook>', webhookArgument)
      .addHelpText('after', '\nExamples:\n  $ ah webhook show latest'),
  run: async (context, [name = '']) => {
    const client = await context.client();
    const { id } = await findWebhook(client, name);
    const webhook = await client.webhooks.getWebhook(id);
    await context.show(webhook, () => webhookLines(webhook));
  },
});
