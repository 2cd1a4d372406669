import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { readWords, wordsHelp } from '../../words.ts';

export const resume = defineCommand({
  flags: z.object({ prompt: z.string().optional() }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lets a paused session go on where it stood.')
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .option('--prompt <text|-|@file>', 'what its agent is told when it goes on')
      .addHelpText(
        'after',
        `
${wordsHelp}

Examples:
  $ ah session resume latest
  $ ah session resume 01JD --prompt "Leave the database alone"`,
      ),
  run: async (context, [name = ''], flags) => {
    const client = await context.client();
    const sessionId = await findSession(client, name);
    const prompt = flags.prompt === undefined ? undefined : await readWords(flags.prompt, context.io);
    await client.tasks.resumeSession(sessionId, prompt === undefined ? {} : { prompt });
    await context.show({ id: sessionId, status: 'accepted' }, () => [`${sessionId} is asked to go on.`]);
  },
});
