import { z } from 'zod';
import { exitCodes } from '../../exit-code.ts';
import { findWebhook, webhookArgument } from '../../find-webhook.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { paint } from '../../terminal/text.ts';

export const test = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Sends a message of the type webhook.test now, and says how the receiver answered.')
      .argument('<webhook>', webhookArgument)
      .addHelpText(
        'after',
        `
The exit code is 0 when the receiver took it, else 1. It is sent once, also by a webhook that is disabled.

Examples:
  $ ah webhook test latest`,
      ),
  run: async (context, [name = '']) => {
    const client = await context.client();
    const { id } = await findWebhook(client, name);
    context.doing('Waiting for the receiver');
    const result = await client.webhooks.testWebhook(id);
    const took = `${Math.round(result.durationMs)} ms`;
    await context.show(result, () => [
      result.delivered
        ? [paint('green', 'taken'), ` with status ${result.status ?? '?'} after ${took}: ${result.id}`]
        : [paint('red', 'not taken'), ` after ${took}: ${result.error ?? 'no reason was given'}`],
    ]);
    return result.delivered ? exitCodes.ok : exitCodes.general;
  },
});
