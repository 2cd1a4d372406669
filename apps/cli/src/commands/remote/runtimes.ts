import { z } from 'zod';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { table } from '../../terminal/table.ts';

export const runtimes = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists where the processes of an agent can live.')
      .addHelpText('after', '\nExamples:\n  $ ah remote runtimes'),
  run: async (context) => {
    const { catalogue } = await context.client();
    const items = await catalogue.runtimes();
    await context.show({ items }, () =>
      table(
        [
          { title: 'TYPE', cell: (runtime) => runtime.type },
          { title: 'SANDBOXES', cell: (runtime) => runtime.sandboxProfiles.join(', ') || 'none' },
          { title: 'DESCRIPTION', cell: (runtime) => runtime.description, flexible: true },
        ],
        items,
        context.columns,
      ),
    );
  },
});
