import type { Model } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { table } from '../../terminal/table.ts';

export const models = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists the models that the agent of a session named, the one it uses first.')
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .addHelpText(
        'after',
        `
Examples:
  $ ah session models latest`,
      ),
  run: async (context, [name = '']) => {
    const client = await context.client();
    const list = await client.conversations.models(await findSession(client, name));
    await context.show(list, () =>
      list.models.length === 0 ? ['The agent named no model.'] : table(columns, list.models, context.columns),
    );
  },
});

const columns = [
  { title: 'STATUS', cell: ({ status }: Model) => status },
  { title: 'MODEL', cell: ({ id }: Model) => id },
  { title: 'WINDOW', cell: ({ context_window }: Model) => String(context_window ?? '?') },
  { title: 'CAPABILITIES', cell: ({ capabilities }: Model) => capabilities.join(', '), flexible: true },
];
