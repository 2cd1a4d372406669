import type { ExecutorDescription } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { table } from '../../terminal/table.ts';
import { paint, type Text } from '../../terminal/text.ts';

export const executors = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists the hosts that run sessions, how full they are, what they can do and why not more.')
      .addHelpText('after', '\nExamples:\n  $ ah remote executors'),
  run: async (context) => {
    const { catalogue } = await context.client();
    const items = await catalogue.executors();
    await context.show({ items }, () => [
      ...table(
        [
          { title: 'ID', cell: (host: ExecutorDescription) => host.id },
          {
            title: 'HEALTH',
            cell: (host) => host.health,
            look: (host) => (host.health === 'ok' ? 'green' : 'yellow'),
          },
          { title: 'RUNNING', cell: (host) => `${host.running}/${host.maxConcurrentTasks}` },
          { title: 'QUEUED', cell: (host) => String(host.queued) },
          { title: 'SYSTEM', cell: (host) => `${host.os}/${host.arch}` },
          { title: 'PROCESSES BY', cell: (host) => host.processTracking },
          { title: 'SNAPSHOTS', cell: (host) => host.snapshotCapabilities.join(', ') || 'none' },
          { title: 'PAUSE', cell: (host) => host.pause },
        ],
        items,
        undefined,
      ),
      ...items.flatMap((host) => ['', ...capabilities(host)]),
    ]);
  },
});

/** What the host could do, as it was found out by trying. */
const capabilities = ({ id, snapshotProviders, isolation }: ExecutorDescription): readonly Text[] => {
  const tried = [
    ...snapshotProviders.map((each) => ({ ...each, name: `snapshots: ${each.provider}` })),
    ...isolation.map((each) => ({ ...each, name: `isolation: ${each.kind}` })),
  ];
  const width = Math.max(...tried.map(({ name }) => name.length));
  return [
    [paint('bold', id), ' could offer sessions:'],
    ...tried.map(({ name, available, reason = '' }) => [
      '  ',
      paint(available ? 'green' : 'dim', available ? 'yes' : 'no '),
      `  ${name.padEnd(width)}  `,
      paint('dim', reason),
    ]),
  ];
};
