import type { ChatThread } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { usageFailure } from '../../failure.ts';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { table } from '../../terminal/table.ts';
import { readWords, wordsHelp } from '../../words.ts';

export const threads = defineCommand({
  flags: z.object({ begin: z.string().optional() }),
  declare: (command) =>
    withCommon(withServer(command))
      .description(
        'Lists the threads in which messages of a session were put; with --begin, begins one. They order what people read: the agent hears one conversation.',
      )
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .argument('[text|-|@file]', 'what the agent is told first in the new thread')
      .option('--begin <title>', 'begin a thread of this title')
      .addHelpText(
        'after',
        `
${wordsHelp}

Examples:
  $ ah session threads latest
  $ ah session threads latest "The tests are slow; why?" --begin "Slow tests"
  $ ah session chat latest "And on Windows?" --thread thread-01JD…`,
      ),
  run: async (context, [name = '', words], { begin: title }) => {
    if (title === undefined && words !== undefined)
      throw usageFailure(
        'Give the thread a title with --begin, or talk in one with `ah session chat --thread`.',
      );
    const client = await context.client();
    const sessionId = await findSession(client, name);
    if (title !== undefined) {
      const content = words === undefined ? undefined : await readWords(words, context.io);
      const initial_message = content === undefined ? undefined : { content };
      const thread = await client.conversations.createThread(sessionId, { title, initial_message });
      await context.show(thread, () => [
        `${thread.id} is begun: ah session chat ${name} --thread ${thread.id}`,
      ]);
      return;
    }
    const list = await client.conversations.threads(sessionId);
    await context.show(list, () =>
      list.threads.length === 0
        ? ['There is no thread yet: begin one with --begin.']
        : table(columns, list.threads, context.columns),
    );
  },
});

const columns = [
  { title: 'THREAD', cell: ({ id }: ChatThread) => id },
  { title: 'MESSAGES', cell: ({ message_count }: ChatThread) => String(message_count ?? '?') },
  { title: 'LAST', cell: ({ last_activity }: ChatThread) => last_activity.slice(0, 19) },
  { title: 'STATUS', cell: ({ status }: ChatThread) => status },
  { title: 'TITLE', cell: ({ title }: ChatThread) => title, flexible: true },
];
