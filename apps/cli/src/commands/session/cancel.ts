import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';

export const cancel = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description(
        'Kills every process of a session, releases its workspace and archives it. Nothing is erased.',
      )
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .addHelpText(
        'after',
        `
Examples:
  $ ah session cancel latest
  $ ah session list --archived         what was put away`,
      ),
  run: async (context, [name = '']) => {
    const client = await context.client();
    const sessionId = await findSession(client, name);
    await client.tasks.cancelSession(sessionId);
    const session = await client.tasks.getSession(sessionId, { archived: true });
    await context.show(session, () => [`${sessionId} is ${session.status} and archived.`]);
  },
});
