import { z } from 'zod';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { table } from '../../terminal/table.ts';

export const executors = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists the hosts that run sessions, how full they are and what they can do.')
      .addHelpText('after', '\nExamples:\n  $ ah remote executors'),
  run: async (context) => {
    const { catalogue } = await context.client();
    const items = await catalogue.executors();
    await context.show({ items }, () =>
      table(
        [
          { title: 'ID', cell: (host) => host.id },
          {
            title: 'HEALTH',
            cell: (host) => host.health,
            look: (host) => (host.health === 'ok' ? 'green' : 'yellow'),
          },
          { title: 'RUNNING', cell: (host) => `${host.running}/${host.maxConcurrentTasks}` },
          { title: 'QUEUED', cell: (host) => String(host.queued) },
          { title: 'SYSTEM', cell: (host) => `${host.os}/${host.arch}` },
          { title: 'PROCESSES BY', cell: (host) => host.processTracking },
          { title: 'PAUSE', cell: (host) => host.pause },
        ],
        items,
        undefined,
      ),
    );
  },
});
