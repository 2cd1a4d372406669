import { z } from 'zod';
import { findWebhook, webhookArgument } from '../../find-webhook.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';

export const remove = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Deletes a webhook with its messages and dead letters.')
      .argument('<webhook>', webhookArgument)
      .addHelpText('after', '\nExamples:\n  $ ah webhook delete latest'),
  run: async (context, [name = '']) => {
    const client = await context.client();
    const webhook = await findWebhook(client, name);
    await client.webhooks.deleteWebhook(webhook.id);
    await context.show(webhook, () => [`Deleted ${webhook.id}.`]);
  },
});
