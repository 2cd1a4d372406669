import type { Branch, Repository } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { age } from '../../render/age.ts';
import { table } from '../../terminal/table.ts';
import type { Text } from '../../terminal/text.ts';

export const repos = defineCommand({
  flags: z.object({ limit: wholeNumber(1, 200).default(20) }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists the repositories known from tasks, last used first, or the branches of one.')
      .argument('[repository]', 'show the branches of the repository with this id')
      .option('--limit <number>', 'how many (20, at most 200)')
      .addHelpText(
        'after',
        `
Examples:
  $ ah remote repos
  $ ah remote repos <id>          its branches`,
      ),
  run: async (context, [id], flags) => {
    const { catalogue } = await context.client();
    if (id !== undefined) {
      const branches = await catalogue.branches(id);
      await context.show(branches, () => branchTable(branches.items));
      return;
    }
    const page = await catalogue.repositories({ perPage: flags.limit });
    await context.show(page, () =>
      page.items.length === 0 ? ['No repositories yet.'] : repoTable(page.items),
    );
  },
});

const repoTable = (items: readonly Repository[]): readonly Text[] => {
  const now = Date.now();
  return table(
    [
      { title: 'ID', cell: (repo: Repository) => repo.id },
      { title: 'NAME', cell: (repo: Repository) => repo.displayName },
      { title: 'BRANCH', cell: (repo: Repository) => repo.defaultBranch ?? '' },
      { title: 'USED', cell: (repo: Repository) => age(repo.lastUsedAt, now) },
      { title: 'URL', cell: (repo: Repository) => repo.remoteUrl },
    ],
    items,
    undefined,
  );
};

const branchTable = (items: readonly Branch[]): readonly Text[] =>
  table(
    [
      { title: 'BRANCH', cell: (branch: Branch) => branch.name },
      { title: 'DEFAULT', cell: (branch: Branch) => (branch.isDefault ? 'yes' : '') },
      { title: 'COMMIT', cell: (branch: Branch) => branch.lastCommit.slice(0, 10) },
    ],
    items,
    undefined,
  );
