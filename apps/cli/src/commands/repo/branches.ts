import type { Branch } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { findRepository } from '../../find-repository.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { age } from '../../render/age.ts';
import { table } from '../../terminal/table.ts';
import { paint } from '../../terminal/text.ts';

export const branches = defineCommand({
  flags: z.object({
    search: z.string().optional(),
    limit: wholeNumber(1, 1000).default(200),
    refresh: z.boolean().optional(),
  }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists the branches of a repository, the default one first.')
      .argument('<repository>', 'its id, its name, its url, a path, or latest')
      .option('--search <text>', 'only those with this in their name')
      .option('--limit <number>', 'how many (200, at most 1000)')
      .option('--refresh', 'ask the repository now, although what it said is younger than a minute')
      .addHelpText('after', '\nExamples:\n  $ ah repo branches acme/shop --search feature/'),
  run: async (context, [name = ''], { search, limit, refresh }) => {
    const client = await context.client();
    const { id } = await findRepository(client, name, context.io.cwd);
    const query = { query: search, limit, refresh: refresh === true ? ('true' as const) : undefined };
    context.doing('Asking the repository');
    const found = await client.catalogue.branches(id, query);
    await context.show(found, () => {
      const lines = table(
        [
          { title: 'BRANCH', cell: (branch: Branch) => branch.name },
          { title: 'DEFAULT', cell: (branch: Branch) => (branch.isDefault ? 'yes' : '') },
          { title: 'COMMIT', cell: (branch: Branch) => branch.lastCommit.slice(0, 10) },
        ],
        found.items,
        undefined,
      );
      const rest = found.total - found.items.length;
      const asOf = paint(
        'dim',
        `as the repository said ${age(found.fetchedAt, Date.now())} ago; --refresh asks it now`,
      );
      return [...lines, ...(rest > 0 ? [`… and ${rest} more: --limit, --search`] : []), asOf];
    });
  },
});
