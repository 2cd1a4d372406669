import { type Approval, ApprovalState } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { age } from '../../render/age.ts';
import { type Column, table } from '../../terminal/table.ts';

const Flags = z.object({
  state: z.enum([...ApprovalState.options, 'all']).default('requested'),
  limit: wholeNumber(1, 200).default(50),
  ids: z.boolean().optional(),
});

export const approvals = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists what agents ask leave for and nobody has answered yet, the newest first.')
      .argument(
        '[session]',
        'only those of this session: its id, the beginning of it, its branch, or "latest"',
      )
      .option('--state <state>', 'requested (the usual), answered, expired, or all')
      .option('--limit <number>', 'how many (50, at most 200)')
      .option('--ids', 'only their ids, one on each line')
      .addHelpText(
        'after',
        `
Examples:
  $ ah session approvals
  $ ah session approvals latest --state all
  $ ah session approve $(ah session approvals --ids --limit 1)`,
      ),
  run: async (context, [name], flags) => {
    const client = await context.client(flags.ids === true ? { attempts: 1 } : {});
    const page = await client.tasks.listApprovals({
      sessionId: name === undefined ? undefined : await findSession(client, name),
      state: flags.state === 'all' ? undefined : flags.state,
      perPage: flags.limit,
    });
    await context.show(page, () => {
      if (flags.ids === true) return page.items.map(({ id }) => id);
      if (page.items.length === 0) return ['Nothing is asked.'];
      const lines = table(columnsAt(Date.now()), page.items, context.columns);
      return page.nextCursor === null ? lines : [...lines, '… and more: --limit, or --json for the cursor'];
    });
  },
});

const columnsAt = (now: number): Column<Approval>[] => [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'SESSION', cell: ({ sessionId }) => sessionId },
  { title: 'AGE', cell: ({ requestedAt }) => age(requestedAt, now) },
  {
    title: 'STATE',
    cell: ({ state, outcome }) => outcome ?? state,
    look: ({ outcome }) => (outcome === 'allowed' ? 'green' : outcome === 'denied' ? 'red' : 'yellow'),
  },
  { title: 'BY', cell: ({ by, onExpiry }) => by ?? (onExpiry === undefined ? '' : `else ${onExpiry}`) },
  { title: 'ASKS FOR', cell: ({ title }) => title, flexible: true },
];
