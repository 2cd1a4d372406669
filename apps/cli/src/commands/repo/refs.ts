import type { GitRef } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { age } from '../../render/age.ts';
import { readRepo } from '../../repo-flag.ts';
import { table } from '../../terminal/table.ts';
import { paint } from '../../terminal/text.ts';

export const refs = defineCommand({
  flags: z.object({
    kind: z.enum(['branch', 'tag']).optional(),
    search: z.string().optional(),
    limit: wholeNumber(1, 1000).default(200),
    refresh: z.boolean().optional(),
  }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists branches and tags at a path or url, whether or not the server knows it.')
      .argument('[path|url]', 'where it is, as the server reaches it (the repository you stand in)')
      .option('--kind <kind>', 'only branch, or only tag')
      .option('--search <text>', 'only those with this in their name')
      .option('--limit <number>', 'how many (200, at most 1000)')
      .option('--refresh', 'ask the repository now, although what it said is younger than a minute')
      .addHelpText(
        'after',
        '\nExamples:\n  $ ah repo refs https://github.com/me/app.git --kind tag --search v2',
      ),
  run: async (context, [place], { search, limit, refresh, kind }) => {
    const { url = '' } = readRepo(place, undefined, context.io.cwd);
    const { catalogue } = await context.client();
    const asked = refresh === true ? ('true' as const) : undefined;
    context.doing('Asking the repository');
    const found = await catalogue.gitRefs({ url, kind, query: search, limit, refresh: asked });
    await context.show(found, () => {
      const lines = table(
        [
          { title: 'REF', cell: (ref: GitRef) => ref.name },
          { title: 'KIND', cell: (ref: GitRef) => ref.kind },
          { title: 'DEFAULT', cell: (ref: GitRef) => (ref.isDefault ? 'yes' : '') },
          { title: 'COMMIT', cell: (ref: GitRef) => ref.commit.slice(0, 10) },
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
