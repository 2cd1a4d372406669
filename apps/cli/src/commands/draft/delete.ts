import { z } from 'zod';
import { findDraft } from '../../find-draft.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';

export const remove = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Deletes a draft.')
      .argument('<draft>', 'its id, the beginning of it, or latest')
      .addHelpText('after', '\nExamples:\n  $ ah draft delete latest'),
  run: async (context, [name = '']) => {
    const client = await context.client();
    const draft = await findDraft(client, name);
    await client.tasks.deleteDraft(draft.id);
    await context.show(draft, () => [`Deleted ${draft.id}.`]);
  },
});
