import { z } from 'zod';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { collect } from '../../settings/setting-flags.ts';
import { Events, eventsHelp, readSecret } from '../../webhook-flags.ts';
import { secretLines } from './webhook-text.ts';

export const create = defineCommand({
  flags: z.object({
    event: Events.optional(),
    description: z.string().optional(),
    secretFile: z.string().optional(),
  }),
  declare: (command) =>
    withCommon(withServer(command))
      .description(
        'Tells a url of what happens in every session from now on, and shows the secret it signs with, once.',
      )
      .argument('<url>', 'who is told, as https://example.com/hooks')
      .option('--event <event>', 'what it hears of; may be repeated (everything)', collect)
      .option('--description <text>', 'what it is for')
      .option('--secret-file <file>', 'the secret to sign with; - is standard input (a new one)')
      .addHelpText(
        'after',
        `
${eventsHelp}

Examples:
  $ ah webhook create https://example.com/hooks --event completed --event failed
  $ ah webhook create https://example.com/hooks --json | jq -r .secret > webhook.secret`,
      ),
  run: async (context, [url = ''], { event, description, secretFile }) => {
    const secret = await readSecret(secretFile, context.io);
    const { webhooks } = await context.client();
    const made = await webhooks.createWebhook({ url, events: event, description, secret });
    await context.show(made, () => secretLines(made));
  },
});
