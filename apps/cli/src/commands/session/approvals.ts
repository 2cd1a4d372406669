import { type Approval, ApprovalState } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { PageFlags, pageQuery, showPage, withPage } from '../../list-pages.ts';
import { age } from '../../render/age.ts';
import { type Column, table } from '../../terminal/table.ts';

const Flags = PageFlags.extend({
  state: z.enum([...ApprovalState.options, 'all']).default('requested'),
  ids: z.boolean().optional(),
});

export const approvals = defineCommand({
  flags: Flags,
  declare: (command) =>
    withPage(withCommon(withServer(command)))
      .description('Lists what agents ask leave for and nobody has answered yet, the newest first.')
      .argument(
        '[session]',
        'only those of this session: its id, the beginning of it, its branch, or "latest"',
      )
      .option('--state <state>', 'requested (the usual), answered, expired, or all')
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
      ...pageQuery(flags),
    });
    await showPage(context, page, {
      flags,
      nothing: 'Nothing is asked.',
      lines: (items) => table(columnsAt(Date.now()), items, context.columns),
      words: flags.ids === true ? (items) => items.map(({ id }) => id) : undefined,
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
