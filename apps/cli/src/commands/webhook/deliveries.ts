import { WebhookDeliveryState } from '@agent-harbor/api-contract/schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { findSession } from '../../find-session.ts';
import { findWebhook, webhookArgument } from '../../find-webhook.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { PageFlags, pageQuery, showPage, withPage } from '../../list-pages.ts';
import { deliveryTable } from './webhook-text.ts';

const Flags = PageFlags.extend({ session: z.string().optional() });

const withDeliveries = (command: Command): Command =>
  withPage(withCommon(withServer(command)))
    .argument('<webhook>', webhookArgument)
    .option('--session <session>', 'only messages about this session');

export const deliveries = defineCommand({
  flags: Flags.extend({ state: WebhookDeliveryState.optional() }),
  declare: (command) =>
    withDeliveries(command)
      .description('Lists the messages of a webhook that were tried, the newest first.')
      .option('--state <state>', `only those: ${WebhookDeliveryState.options.join(', ')}`)
      .addHelpText(
        'after',
        `
Examples:
  $ ah webhook deliveries latest --state retrying
  $ ah webhook deliveries latest --session latest`,
      ),
  run: (context, [name = ''], flags) => list(context, name, flags, 'Nothing like that was sent yet.'),
});

export const deadLetters = defineCommand({
  flags: Flags,
  declare: (command) =>
    withDeliveries(command)
      .description('Lists the messages of a webhook that were given up, the newest first.')
      .addHelpText(
        'after',
        `
Examples:
  $ ah webhook dead-letters latest
  $ ah webhook replay latest --dead-letters     sends all of them once more`,
      ),
  run: (context, [name = ''], flags) =>
    list(context, name, { ...flags, state: 'dead' }, 'No dead letters: nothing was given up.'),
});

const list = async (
  context: Context,
  name: string,
  flags: z.infer<typeof Flags> & { readonly state?: WebhookDeliveryState | undefined },
  nothing: string,
): Promise<undefined> => {
  const { session, state } = flags;
  const client = await context.client();
  const { id } = await findWebhook(client, name);
  const sessionId = session === undefined ? undefined : await findSession(client, session);
  const page = await client.webhooks.webhookDeliveries(id, { ...pageQuery(flags), sessionId, state });
  await showPage(context, page, {
    flags,
    nothing,
    lines: (items) => deliveryTable(items, context.columns),
  });
};
