import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { showPage } from '../../list-pages.ts';
import { queryOf, RepositoryFlags, repositoryTable, withRepositoryFlags } from '../repo/list.ts';

export const repos = defineCommand({
  flags: RepositoryFlags,
  declare: (command) =>
    withRepositoryFlags(withCommon(withServer(command)))
      .description('Lists the repositories the server knows, last used first; `ah repo` does more with them.')
      .addHelpText(
        'after',
        `
Examples:
  $ ah remote repos
  $ ah remote repos --tenant acme --project storefront`,
      ),
  run: async (context, _args, flags) => {
    const { catalogue } = await context.client();
    const page = await catalogue.repositories(queryOf(flags));
    await showPage(context, page, { flags, nothing: 'No repositories yet.', lines: repositoryTable });
  },
});
