import type { ChatMessage, SendMessage } from '@agent-harbor/api-contract/schemas';
import type { HarborClient } from '@agent-harbor/rest-client';
import { z } from 'zod';
import { readAttachment } from '../../attachment.ts';
import type { Context } from '../../context.ts';
import { usageFailure } from '../../failure.ts';
import { findSession } from '../../find-session.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { followReply } from '../../follow-reply.ts';
import { messageLines } from '../../render/message.ts';
import { collect } from '../../settings/setting-flags.ts';
import { readWords, wordsHelp } from '../../words.ts';

const Flags = z.object({
  limit: wholeNumber(1, 200).optional(),
  before: z.string().optional(),
  after: z.string().optional(),
  thoughts: z.boolean().optional(),
  attach: z.array(z.string()).optional(),
  file: z.array(z.string()).optional(),
  edit: z.string().optional(),
  delete: z.string().optional(),
  retry: z.string().optional(),
  to: z.string().optional(),
  detach: z.string().optional(),
  thread: z.string().optional(),
  follow: z.boolean().optional(),
});
type Flags = z.infer<typeof Flags>;

export const chat = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description(
        'Shows what was said in a session and which tools were used; with words, says them to its agent.',
      )
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .argument('[text|-|@file]', 'what the agent is told, at most 16 KiB')
      .option('--attach <file>', 'send a text or an image of this machine along; may be repeated', collect)
      .option('--to <message>', 'with --attach or --detach and no words: of a message that was sent')
      .option('--detach <attachment>', 'take an attachment off; the agent knows what it was sent')
      .option('--file <path>', 'name a file of the workspace to the agent; may be repeated', collect)
      .option('--retry <message>', 'say a message again; of an answer, what it answers')
      .option('--edit <message>', 'give a message other words in the history; the agent knows the first ones')
      .option('--delete <message>', 'take a message out of the history; the agent remembers it')
      .option('--limit <number>', 'how many messages are shown, the last ones (50, at most 200)')
      .option('--before <message>', 'only what was said before it')
      .option('--after <message>', 'only what was said after it')
      .option('-f, --follow', 'show what the agent answers, until it waits or its session ends')
      .option('--thread <thread>', 'only what was said in this thread; with words, say them there')
      .option('--thoughts', 'show what the agent thought, too')
      .addHelpText(
        'after',
        `
${wordsHelp}

Examples:
  $ ah session chat latest
  $ ah session chat latest "Use the colours of this picture" --attach picture.png
  $ ah session chat latest "How far are you?" --follow
  $ ah session chat 01JD @remarks.md --file src/auth.ts
  $ ah session chat latest --retry msg-12
  $ ah session chat latest --thread thread-01JD
  $ ah session chat latest --to msg-12 --attach trace.txt`,
      ),
  run: async (context, [name = '', words], flags) => {
    const doing = [flags.edit, flags.delete, flags.retry].filter((message) => message !== undefined);
    if (doing.length > 1) throw usageFailure('Give one of --edit, --delete and --retry.');
    if (flags.thread !== undefined && doing.length > 0)
      throw usageFailure('--thread goes with reading and with new words: a message stays in its thread.');
    if (flags.edit !== undefined && words === undefined)
      throw usageFailure('Give the words that --edit shall put there.');
    if ((flags.delete ?? flags.retry) !== undefined && words !== undefined)
      throw usageFailure('--delete and --retry take no words.');
    const client = await context.client();
    const sessionId = await findSession(client, name);
    const text = words === undefined ? undefined : await readWords(words, context.io);
    if (flags.delete !== undefined) {
      await client.conversations.deleteMessage(sessionId, flags.delete);
      const result = { id: flags.delete, deleted: true, agent_memory: 'unchanged' };
      await context.show(result, () => [`${flags.delete} is out of the history. ${remembers}`]);
      return;
    }
    if ((flags.to ?? flags.detach) !== undefined) {
      if (text !== undefined || doing.length > 0) throw usageFailure('--to and --detach take no words.');
      await changeAttachments(context, client, sessionId, flags);
      return;
    }
    if (flags.follow === true) {
      if (text === undefined || doing.length > 0) throw usageFailure('--follow goes with new words.');
      await followReply(context, client, sessionId, await messageOf(context, flags, text));
      return;
    }
    const { before, after } = flags;
    if (text === undefined && flags.retry === undefined) {
      const thoughts = flags.thoughts === true ? ('true' as const) : undefined;
      const history = await client.conversations.messages(sessionId, {
        limit: flags.limit,
        before,
        after,
        thoughts,
        thread_id: flags.thread,
      });
      await context.show(history, () => [
        ...(history.before === null ? [] : [`… older ones: --before ${history.before}`]),
        ...history.messages.flatMap((message) => messageLines(message, context.columns)),
        ...(history.after === null ? [] : [`… newer ones: --after ${history.after}`]),
      ]);
      return;
    }
    const message = await said(context, client, sessionId, flags, text);
    await context.show(message, () => [
      ...messageLines(message, context.columns),
      ...(message.agent_memory === undefined ? [] : [remembers]),
    ]);
  },
});

/** Attaches to a message that was sent, or takes something off it. */
const changeAttachments = async (
  context: Context,
  { conversations }: HarborClient,
  sessionId: string,
  { to, detach, attach = [] }: Flags,
): Promise<void> => {
  if (to === undefined || (detach === undefined) === (attach.length === 0))
    throw usageFailure('Give --to, and either --attach or --detach.');
  if (detach !== undefined) {
    await conversations.deleteAttachment(sessionId, to, detach);
    const result = { id: to, detached: detach, agent_memory: 'unchanged' };
    await context.show(result, () => [`${detach} is off ${to}. ${remembers}`]);
    return;
  }
  const attachments = await Promise.all(attach.map((path) => readAttachment(path, context.io)));
  const result = await conversations.addAttachments(sessionId, to, { attachments });
  await context.show(result, () => [
    ...result.attachments.map(
      ({ id, file_path, filename, mime_type, size_bytes }) =>
        `${id}  ${file_path ?? filename ?? mime_type} (${size_bytes} bytes)`,
    ),
    'The agent is not told: it has read the message.',
  ]);
};

const remembers = 'The agent remembers what it was told.';

const messageOf = async (
  { io }: Context,
  { attach = [], file, thread }: Flags,
  content: string,
): Promise<SendMessage> => ({
  content,
  attachments: await Promise.all(attach.map((path) => readAttachment(path, io))),
  context_files: file,
  thread_id: thread,
});

const said = async (
  context: Context,
  { conversations }: HarborClient,
  sessionId: string,
  flags: Flags,
  content = '',
): Promise<ChatMessage> => {
  const { retry, edit } = flags;
  if (retry !== undefined) return conversations.retryMessage(sessionId, retry);
  if (edit !== undefined) return conversations.editMessage(sessionId, edit, { content });
  return conversations.sendMessage(sessionId, await messageOf(context, flags, content));
};
