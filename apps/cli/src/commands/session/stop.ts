import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { followSession } from '../../follow.ts';

export const stop = defineCommand({
  flags: z.object({ wait: z.boolean().optional() }),
  declare: (command) =>
    withCommon(withServer(command))
      .description(
        'Asks a session to end. Its agent may finish what it does; after a grace period it is killed.',
      )
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .option('--wait', 'show what still happens, until it has ended')
      .addHelpText(
        'after',
        `
Examples:
  $ ah session stop latest
  $ ah session stop 01JD --wait`,
      ),
  run: async (context, [name = ''], flags) => {
    const client = await context.client();
    const sessionId = await findSession(client, name);
    await client.tasks.stopSession(sessionId);
    if (flags.wait === true)
      await followSession(context, client, sessionId, { types: ['status', 'delivery'] });
    else await context.show({ id: sessionId, status: 'accepted' }, () => [`${sessionId} is asked to stop.`]);
  },
});
