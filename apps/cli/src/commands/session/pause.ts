import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';

export const pause = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Makes every process of a session stand still, until it is resumed. It keeps its memory.')
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .addHelpText(
        'after',
        `
Examples:
  $ ah session pause latest
  $ ah session list --status paused`,
      ),
  run: async (context, [name = '']) => {
    const client = await context.client();
    const sessionId = await findSession(client, name);
    await client.tasks.pauseSession(sessionId);
    await context.show({ id: sessionId, status: 'accepted' }, () => [`${sessionId} is asked to pause.`]);
  },
});
