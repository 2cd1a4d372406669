import { agentHelp } from '../../agent-flags.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { paint } from '../../terminal/text.ts';
import { DraftFlags, readDraft, withDraft } from './draft-flags.ts';

export const create = defineCommand({
  flags: DraftFlags,
  takesArgv: true,
  declare: (command) =>
    withCommon(
      withServer(
        withDraft(
          command.description('Saves a task to be launched later; nothing of it has to be complete.'),
        ),
      ),
    ).addHelpText(
      'after',
      `
${agentHelp}

Examples:
  $ ah draft create --prompt "Speed up the build"
  $ ah draft create --repo . --agent mock --instances 2 --prompt-file todo.md`,
    ),
  run: async (context, argv, flags) => {
    const wish = await readDraft(context, argv, flags);
    const { tasks } = await context.client();
    const draft = await tasks.createDraft(wish);
    await context.show(draft, () => [
      [paint('bold', draft.id), ` saved; ah draft launch ${draft.id} begins it`],
    ]);
  },
});
