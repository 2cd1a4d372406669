import { z } from 'zod';
import { findDraft } from '../../find-draft.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { draftLines } from './draft-text.ts';

export const show = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Shows one draft.')
      .argument('<draft>', 'its id, the beginning of it, or latest')
      .addHelpText('after', '\nExamples:\n  $ ah draft show latest'),
  run: async (context, [name = '']) => {
    const draft = await findDraft(await context.client(), name);
    await context.show(draft, () => draftLines(draft));
  },
});
