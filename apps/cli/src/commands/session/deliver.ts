import type { DeliveryOutcome } from '@agent-harbor/api-contract/schemas';
import { DeliverSession } from '@agent-harbor/api-contract/schemas';
import { parse } from '@agent-harbor/core';
import { z } from 'zod';
import { usageFailure } from '../../failure.ts';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { paint, type Text } from '../../terminal/text.ts';
import { savePatch } from './patch.ts';

const Flags = z.object({
  mode: z.enum(['branch', 'pr', 'patch']).optional(),
  branch: z.string().optional(),
  targetBranch: z.string().optional(),
  title: z.string().optional(),
  message: z.string().optional(),
  output: z.string().min(1).optional(),
});

export const deliver = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description('Takes the work of a session home: as a branch, a pull request or a patch.')
      .argument('[session]', 'its id, the beginning of it, its branch, or "latest" (the default)')
      .option('--mode <mode>', 'branch, pr (a pull request) or patch (as the task said)')
      .option('--branch <name>', 'the branch to put the work on (the one of the session)')
      .option('--target-branch <name>', 'with pr: the branch it is for (the one the work began on)')
      .option('--title <text>', 'with pr: its title (the first line of the message)')
      .option('--message <text>', 'the message of the commit (made of the task and what came of it)')
      .option('-o, --output <file>', 'with patch: write it to this file')
      .addHelpText(
        'after',
        `
A session that runs delivers what is there now, and goes on; a later delivery goes on top of it.
Nothing is ever forced: a branch that is protected, or has other commits, is left as it is.

Examples:
  $ ah session deliver
  $ ah session deliver 01JD --branch fix/cart --message "Mend the cart"
  $ ah session deliver latest --mode pr --target-branch main --title "Mend the cart"
  $ ah session deliver latest --mode patch --output work.patch`,
      ),
  run: async (context, [name = 'latest'], { output, ...flags }) => {
    if (output !== undefined && flags.mode !== undefined && flags.mode !== 'patch')
      throw usageFailure('--output is for a patch: give it with --mode patch.');
    const mode = output === undefined ? flags.mode : 'patch';
    const wish = parse(DeliverSession, { ...flags, mode });
    const client = await context.client();
    const sessionId = await findSession(client, name);
    const signal = context.io.interrupted;
    context.doing('Delivering the work');
    const outcome = await client.deliveries.deliver(sessionId, wish, { signal });
    if (output !== undefined && outcome.state === 'delivered')
      await savePatch(context, await client.workspaces.patch(sessionId, {}, { signal }), output);
    else await context.show(outcome, () => linesOf(outcome));
  },
});

const linesOf = ({ sessionId, mode, state, branch, targetBranch, url, reason }: DeliveryOutcome): Text[] => {
  if (state === 'nothing-to-deliver') return [reason ?? 'There is nothing to deliver.'];
  if (mode === 'patch') return [`The patch is kept: ah session patch ${sessionId} --output work.patch`];
  if (mode === 'branch') return [['delivered to branch ', paint('bold', branch ?? '')]];
  return [
    ['delivered to branch ', paint('bold', branch ?? ''), `, and asked for into ${targetBranch ?? ''}:`],
    [paint('bold', url ?? '')],
  ];
};
