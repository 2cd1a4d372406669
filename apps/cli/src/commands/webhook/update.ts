import { z } from 'zod';
import { Failure, usageFailure } from '../../failure.ts';
import { findWebhook, webhookArgument } from '../../find-webhook.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { collect } from '../../settings/setting-flags.ts';
import { Events, eventsHelp } from '../../webhook-flags.ts';
import { webhookLines } from './webhook-text.ts';

const Flags = z.object({
  url: z.string().optional(),
  event: Events.optional(),
  description: z.string().optional(),
  enable: z.boolean().optional(),
  disable: z.boolean().optional(),
});

export const update = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description('Changes what is named of a webhook, and leaves the rest.')
      .argument('<webhook>', webhookArgument)
      .option('--url <url>', 'who is told')
      .option('--event <event>', 'what it hears of, instead of before; may be repeated', collect)
      .option('--description <text>', 'what it is for')
      .option('--disable', 'send nothing for now')
      .option('--enable', 'send again, first what came meanwhile')
      .addHelpText(
        'after',
        `
${eventsHelp}

Examples:
  $ ah webhook update latest --event completed --event failed
  $ ah webhook update latest --disable`,
      ),
  run: async (context, [name = ''], flags) => {
    const change = changeFrom(flags);
    const client = await context.client();
    const { id } = await findWebhook(client, name);
    const webhook = await client.webhooks.updateWebhook(id, change);
    await context.show(webhook, () => webhookLines(webhook));
  },
});

const changeFrom = ({ url, event, description, enable, disable }: z.infer<typeof Flags>) => {
  if (enable === true && disable === true) {
    throw usageFailure('There are two states.', 'Give either --enable or --disable.');
  }
  const state = enable === true ? 'enabled' : disable === true ? 'disabled' : undefined;
  const change = { url, events: event, description, state } as const;
  if (Object.values(change).some((value) => value !== undefined)) return change;
  throw new Failure('validation', {
    happened: 'There is nothing to change',
    remedy: 'Name what to change, as --event completed; `ah webhook update --help` lists it.',
  });
};
