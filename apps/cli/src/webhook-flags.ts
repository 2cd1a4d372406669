import { TaskWebhook, WebhookEvent, WebhookSecret } from '@agent-harbor/api-contract/schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Failure, usageFailure } from './failure.ts';
import type { Io } from './io.ts';
import { collect } from './settings/setting-flags.ts';
import { readWordsFrom } from './words.ts';

/** What a webhook hears of, as it is typed: `completed` is `session.completed`. */
export const Events = z.array(
  z
    .string()
    .transform((word) => (word.startsWith('session.') ? word : `session.${word}`))
    .pipe(WebhookEvent),
);

/** How `Events` is explained in a help text. */
export const eventsHelp = `An event is a status a session enters (completed, failed, …), a type of event (approval, log, status, …), or * for
everything, which is also what is meant without one; session. may stand before it.`;

/** The flags of `ah task` that say who is told. */
export const TaskWebhookFlags = z.object({
  webhook: z.array(z.string()).default([]),
  webhookEvent: Events.optional(),
  webhookSecretFile: z.string().optional(),
});

/** Declares them. */
export const withTaskWebhooks = (command: Command): Command =>
  command
    .option('--webhook <url>', 'a url that is told what happens in the sessions; may be repeated', collect)
    .option('--webhook-event <event>', 'only of this, as completed; may be repeated (everything)', collect)
    .option('--webhook-secret-file <file>', 'the secret they are signed with (a new one, shown once)');

/** The wishes of a task, one for each url and event; undefined when there are none. */
export const readTaskWebhooks = async (
  { webhook, webhookEvent = ['session.*'], webhookSecretFile }: z.infer<typeof TaskWebhookFlags>,
  io: Pick<Io, 'cwd' | 'readStdin'>,
): Promise<TaskWebhook[] | undefined> => {
  if (webhook.length === 0 && (webhookSecretFile !== undefined || webhookEvent[0] !== 'session.*')) {
    throw usageFailure('--webhook-event and --webhook-secret-file say nothing without --webhook.');
  }
  const secret = await readSecret(webhookSecretFile, io, '--webhook-secret-file');
  const wishes = webhook.flatMap((url) => webhookEvent.map((event) => ({ url, event, secret })));
  if (wishes.length === 0) return undefined;
  const parsed = z.array(TaskWebhook).max(32).safeParse(wishes);
  if (parsed.success) return parsed.data;
  throw usageFailure(`--webhook: ${parsed.error.issues[0]?.message ?? 'is none'}`);
};

/** A new secret from a file or standard input (`-`), never from the command line, which others on the machine can see. */
export const readSecret = async (
  file: string | undefined,
  io: Pick<Io, 'cwd' | 'readStdin'>,
  flag = '--secret-file',
): Promise<string | undefined> => {
  if (file === undefined) return undefined;
  return secretFrom(await readSecretFile(file, io, flag), flag);
};

/** The text of a file with secrets. */
export const readSecretFile = (
  file: string,
  io: Pick<Io, 'cwd' | 'readStdin'>,
  flag: string,
): Promise<string> =>
  file === '-'
    ? io.readStdin()
    : readWordsFrom(file, io, {
        happened: 'The file with the secret cannot be read',
        remedy: `Name a readable file with ${flag}, or - for standard input.`,
      });

/** A secret as it was read from `where`. What was read is not said again. */
export const secretFrom = (text: string, where: string): string => {
  const parsed = WebhookSecret.safeParse(text.trim());
  if (parsed.success) return parsed.data;
  throw new Failure('validation', {
    happened: 'That is no secret of a webhook',
    detail: `${where}: ${parsed.error.issues[0]?.message ?? 'is none'}`,
    remedy: 'Give one as `ah webhook create` or `ah webhook rotate` shows it.',
  });
};
