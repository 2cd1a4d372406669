import { type ReplayWebhook, TimestampInput } from '@agent-harbor/api-contract/schemas';
import type { HarborClient } from '@agent-harbor/rest-client';
import { z } from 'zod';
import { usageFailure } from '../../failure.ts';
import { findSession } from '../../find-session.ts';
import { findWebhook, webhookArgument } from '../../find-webhook.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { collect } from '../../settings/setting-flags.ts';

const Flags = z.object({
  message: z.array(z.string()).optional(),
  deadLetters: z.boolean().optional(),
  session: z.string().optional(),
  after: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
  since: TimestampInput.optional(),
});
type Flags = z.infer<typeof Flags>;

export const replay = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description(
        'Sends messages once more, with the ids they had: one of the flags says which. Receivers drop what they know.',
      )
      .argument('<webhook>', webhookArgument)
      .option('--message <id>', 'this message; may be repeated', collect)
      .option('--dead-letters', 'all that were given up')
      .option('--session <session>', 'everything about this session')
      .option('--after <number>', 'with --session: only what comes after this event')
      .option('--since <time>', 'everything since a time, as 2026-01-02T03:04:05Z')
      .addHelpText(
        'after',
        `
Examples:
  $ ah webhook replay latest --dead-letters
  $ ah webhook replay latest --session latest --after 12
  $ ah webhook replay latest --since 2026-01-02T03:00:00Z`,
      ),
  run: async (context, [name = ''], flags) => {
    checkOne(flags);
    const client = await context.client();
    const { id } = await findWebhook(client, name);
    const replayed = await client.webhooks.replayWebhook(id, await wishFrom(client, flags));
    await context.show(replayed, () => [
      flags.session === undefined && flags.since === undefined
        ? `${replayed.messages} ${replayed.messages === 1 ? 'message is' : 'messages are'} sent once more.`
        : `${replayed.sessions} ${replayed.sessions === 1 ? 'session is' : 'sessions are'} told of once more.`,
    ]);
  },
});

const checkOne = ({ message, deadLetters, session, since, after }: Flags): void => {
  const given = [message, deadLetters, session, since].filter((flag) => flag !== undefined);
  if (given.length !== 1) {
    throw usageFailure(
      given.length === 0 ? 'Nothing says what to send once more.' : 'Too much says what to send once more.',
      'Give one of --message, --dead-letters, --session and --since.',
    );
  }
  if (after !== undefined && session === undefined) {
    throw usageFailure('--after counts the events of a session.', 'Name it with --session.');
  }
};

const wishFrom = async (client: HarborClient, flags: Flags): Promise<ReplayWebhook> => {
  const { message, session, after, since } = flags;
  if (message !== undefined) return { ids: [...message] };
  if (session !== undefined) return { sessionId: await findSession(client, session), after };
  return since === undefined ? { deadLetters: true } : { since };
};
