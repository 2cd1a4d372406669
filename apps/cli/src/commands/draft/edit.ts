import { agentHelp } from '../../agent-flags.ts';
import { Failure } from '../../failure.ts';
import { findDraft } from '../../find-draft.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { DraftFlags, readDraft, withDraft } from './draft-flags.ts';
import { draftLines } from './draft-text.ts';

export const edit = defineCommand({
  flags: DraftFlags,
  declare: (command) =>
    withCommon(
      withServer(withDraft(command.description('Changes what is named of a draft, and leaves the rest.'))),
    )
      .argument('<draft>', 'its id, the beginning of it, or latest')
      .usage('[options] <draft>')
      .addHelpText(
        'after',
        `
Agents and labels are replaced as a whole. Who changed it meanwhile is not overwritten: then nothing is done.
${agentHelp.split('. ')[0]}.

Examples:
  $ ah draft edit latest --prompt "Speed up the build by half"
  $ ah draft edit latest --agent mock --instances 3`,
      ),
  run: async (context, [name = ''], flags) => {
    const wish = await readDraft(context, [], flags);
    if (Object.values(wish).every((value) => value === undefined)) {
      throw new Failure('validation', {
        happened: 'There is nothing to change',
        remedy: 'Name what to change, as --prompt "…"; `ah draft edit --help` lists it.',
      });
    }
    const client = await context.client();
    const before = await findDraft(client, name);
    // A repository is one member: where only its branch is named, the rest of it stays.
    const repo =
      flags.repo === undefined && wish.repo !== undefined ? { ...before.repo, ...wish.repo } : wish.repo;
    const change = { ...wish, repo };
    const draft = await client.tasks.updateDraft(before.id, change, { ifUnchanged: before });
    await context.show(draft, () => draftLines(draft));
  },
});
