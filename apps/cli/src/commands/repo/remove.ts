import { z } from 'zod';
import { findRepository } from '../../find-repository.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';

export const remove = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description(
        'Has the server forget a repository until it is used again. Nothing is deleted where it is kept, and its sessions stay.',
      )
      .argument('<repository>', 'its id, its name, its url, a path, or latest')
      .addHelpText('after', '\nExamples:\n  $ ah repo remove acme/shop'),
  run: async (context, [name = '']) => {
    const client = await context.client();
    const repository = await findRepository(client, name, context.io.cwd);
    await client.catalogue.removeRepository(repository.id);
    await context.show(repository, () => [`Forgot ${repository.displayName} (${repository.remoteUrl}).`]);
  },
});
