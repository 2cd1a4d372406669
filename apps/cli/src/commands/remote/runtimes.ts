import { z } from 'zod';
import { defineCommand, show, withCommon, withServer } from '../../command.ts';
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
    show(context, { items }, () =>
      table(
        [
          { title: 'TYPE', cell: (runtime) => runtime.type },
          { title: 'SANDBOXES', cell: (runtime) => runtime.sandboxProfiles.join(', ') || 'none' },
          { title: 'DESCRIPTION', cell: (runtime) => runtime.description, flexible: true },
        ],
        items,
        context.style,
        context.io.stdout.columns,
      ),
    );
  },
});
