import { z } from 'zod';
import { findRepository } from '../../find-repository.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { age } from '../../render/age.ts';
import { facts } from '../../terminal/facts.ts';

export const show = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Shows one repository.')
      .argument('<repository>', 'its id, its name, its url, a path, or latest')
      .addHelpText('after', '\nExamples:\n  $ ah repo show acme/shop\n  $ ah repo show .'),
  run: async (context, [name = '']) => {
    const repository = await findRepository(await context.client(), name, context.io.cwd);
    await context.show(repository, () =>
      facts([
        ['id', repository.id],
        ['name', repository.displayName],
        ['url', repository.remoteUrl],
        ['provider', repository.scmProvider],
        ['branch', repository.defaultBranch ?? 'not known yet'],
        ['used', `${age(repository.lastUsedAt, Date.now())} ago`],
      ]),
    );
  },
});
