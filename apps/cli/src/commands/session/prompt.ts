import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { readWords, wordsHelp } from '../../words.ts';

export const prompt = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Tells the agent of a running session something. It hears it when its turn is over.')
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .argument('<text|-|@file>', 'what it is told, at most 16 KiB')
      .addHelpText(
        'after',
        `
${wordsHelp}

Examples:
  $ ah session prompt latest "Add tests for it, too"
  $ git diff | ah session prompt 01JD -
  $ ah session prompt latest @remarks.md`,
      ),
  run: async (context, [name = '', words = '']) => {
    const client = await context.client();
    const sessionId = await findSession(client, name);
    const accepted = await client.tasks.promptSession(sessionId, await readWords(words, context.io));
    await context.show(accepted, () => [`${sessionId} has it.`]);
  },
});
