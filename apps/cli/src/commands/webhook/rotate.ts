import { z } from 'zod';
import { findWebhook, webhookArgument } from '../../find-webhook.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { readSecret } from '../../webhook-flags.ts';
import { secretLines } from './webhook-text.ts';

export const rotate = defineCommand({
  flags: z.object({ keep: wholeNumber(0, 604_800).optional(), secretFile: z.string().optional() }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Gives a webhook a new secret, and shows it once. For a while the old one signs, too.')
      .argument('<webhook>', webhookArgument)
      .option('--keep <seconds>', 'how long the old one signs as well; 0 ends it now (86400, a day)')
      .option('--secret-file <file>', 'the secret to sign with; - is standard input (a new one)')
      .addHelpText(
        'after',
        `
Examples:
  $ ah webhook rotate latest --json | jq -r .secret > webhook.secret
  $ ah webhook rotate latest --keep 0          the old one is known to somebody`,
      ),
  run: async (context, [name = ''], { keep, secretFile }) => {
    const secret = await readSecret(secretFile, context.io);
    const client = await context.client();
    const { id } = await findWebhook(client, name);
    const rotated = await client.webhooks.rotateWebhookSecret(id, { secret, keepSeconds: keep });
    await context.show(rotated, () => secretLines(rotated));
  },
});
