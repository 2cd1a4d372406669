import { z } from 'zod';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { readRepo } from '../../repo-flag.ts';
import { paint } from '../../terminal/text.ts';

export const add = defineCommand({
  flags: z.object({
    name: z.string().optional(),
    project: z.string().optional(),
    tenant: z.string().optional(),
  }),
  declare: (command) =>
    withCommon(withServer(command))
      .description(
        'Makes a repository known to the server, before a task uses it. One that is known already is named or grouped anew.',
      )
      .argument('[path|url]', 'where it is, as the server reaches it (the repository you stand in)')
      .option('--name <name>', 'what to show it as (the end of its url)')
      .option('--project <id>', 'the project it belongs to')
      .option('--tenant <id>', 'the tenant it belongs to; only for who sees them all')
      .addHelpText(
        'after',
        `
The server must be able to read it, with the credentials of its own host: a url with a password or token in it is
refused.

Examples:
  $ ah repo add
  $ ah repo add https://github.com/me/app.git --name "The app" --project storefront`,
      ),
  run: async (context, [place], { name, project, tenant }) => {
    const { url = '' } = readRepo(place, undefined, context.io.cwd);
    const { catalogue } = await context.client();
    const wish = { url, displayName: name, projectId: project, tenantId: tenant };
    context.doing('Asking the repository');
    const repository = await catalogue.importRepository(wish);
    await context.show(repository, () => [
      [
        paint('bold', repository.id),
        ` ${repository.displayName} (${repository.defaultBranch ?? 'no branch yet'})`,
      ],
    ]);
  },
});
