import { type Repository, ScmProvider } from '@agent-harbor/api-contract/schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { PageFlags, pageQuery, showPage, withPage } from '../../list-pages.ts';
import { age } from '../../render/age.ts';
import { table } from '../../terminal/table.ts';
import type { Text } from '../../terminal/text.ts';

/** What narrows a list of repositories. */
export const RepositoryFlags = PageFlags.extend({
  search: z.string().optional(),
  provider: ScmProvider.optional(),
  project: z.string().optional(),
  tenant: z.string().optional(),
});

/** Declares it. */
export const withRepositoryFlags = (command: Command): Command =>
  withPage(command)
    .option('--search <text>', 'only those with this in their name or url')
    .option('--provider <name>', `only those kept there: ${ScmProvider.options.join(', ')}`)
    .option('--project <id>', 'only those used in this project')
    .option('--tenant <id>', 'only those this tenant uses');

export const list = defineCommand({
  flags: RepositoryFlags.extend({ names: z.boolean().optional() }),
  declare: (command) =>
    withRepositoryFlags(withCommon(withServer(command)))
      .description(
        'Lists the repositories the server knows, from tasks and because they were added, last used first.',
      )
      .option('--names', 'only what they can be named by: their ids, then their names')
      .addHelpText(
        'after',
        `
Examples:
  $ ah repo list
  $ ah repo list --search shop --provider github
  $ ah repo list --project storefront --json | jq -r '.items[].remoteUrl'`,
      ),
  run: async (context, _args, flags) => {
    const { catalogue } = await context.client(flags.names === true ? { attempts: 1 } : {});
    await showPage(context, await catalogue.repositories(queryOf(flags)), {
      flags,
      nothing: 'No repositories. Add one: ah repo add <path or url>',
      lines: repositoryTable,
      words: flags.names === true ? namesOf : undefined,
    });
  },
});

const namesOf = (items: readonly Repository[]): string[] => {
  // A name with a blank in it cannot be completed as one word.
  const words = items.map(({ displayName }) => displayName).filter((name) => /^\S+$/.test(name));
  return [...items.map(({ id }) => id), ...new Set(words)];
};

/** The flags as the server is asked. */
export const queryOf = ({ search, provider, project, tenant, ...page }: z.infer<typeof RepositoryFlags>) => ({
  ...pageQuery(page),
  q: search,
  provider,
  projectId: project,
  tenantId: tenant,
});

/** Repositories in columns. */
export const repositoryTable = (items: readonly Repository[]): readonly Text[] => {
  const now = Date.now();
  return table(
    [
      { title: 'ID', cell: (repo: Repository) => repo.id },
      { title: 'NAME', cell: (repo: Repository) => repo.displayName },
      { title: 'PROVIDER', cell: (repo: Repository) => repo.scmProvider },
      { title: 'BRANCH', cell: (repo: Repository) => repo.defaultBranch ?? '' },
      { title: 'USED', cell: (repo: Repository) => age(repo.lastUsedAt, now) },
      { title: 'URL', cell: (repo: Repository) => repo.remoteUrl },
    ],
    items,
    undefined,
  );
};
