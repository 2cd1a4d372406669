import type { AnswerApproval, Approval } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { usageFailure } from '../../failure.ts';
import { findApproval } from '../../find-approval.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { paint, type Text } from '../../terminal/text.ts';

const Flags = z.object({
  deny: z.boolean().optional(),
  option: z.string().optional(),
  note: z.string().optional(),
  session: z.string().optional(),
});
type Flags = z.infer<typeof Flags>;

export const approve = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description(
        'Answers what an agent asks leave for: yes, unless the flags say otherwise. The first answer counts.',
      )
      .argument('<approval>', 'its id, the beginning of it, or "latest"')
      .option('--deny', 'no')
      .option('--option <id>', 'one of the answers the agent offers')
      .option('--note <text>', 'a word for the log')
      .option('--session <session>', 'the session that asks, where several ask by the same id')
      .addHelpText(
        'after',
        `
Examples:
  $ ah session approvals                what is asked
  $ ah session approve latest
  $ ah session approve 01JD --deny --note "not on this branch"`,
      ),
  run: async (context, [name = ''], flags) => {
    const client = await context.client();
    const answer = answerFrom(flags);
    const { sessionId, id } = await findApproval(client, name, flags.session);
    const approval = await client.tasks.answerApproval(sessionId, id, answer);
    await context.show(approval, () => [resultOf(approval)]);
  },
});

const answerFrom = ({ deny, option, note }: Flags): AnswerApproval => {
  if (deny === true && option !== undefined) {
    throw usageFailure('There are two answers.', 'Give either --deny or --option.');
  }
  if (option !== undefined) return { optionId: option, note };
  return { outcome: deny === true ? 'denied' : 'allowed', note };
};

const resultOf = ({ outcome = 'cancelled', title, sessionId }: Approval): Text => [
  paint(outcome === 'allowed' ? 'green' : 'red', outcome),
  ` ${title}  session ${sessionId}`,
];
