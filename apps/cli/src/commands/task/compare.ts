import type { ComparedSession, Comparison } from '@agent-harbor/api-contract/schemas';
import { Problem } from '@agent-harbor/core';
import type { HarborClient } from '@agent-harbor/rest-client';
import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { duration } from '../../render/duration.ts';
import { statusLook } from '../../render/status.ts';
import { type Column, table } from '../../terminal/table.ts';
import { paint, type Text } from '../../terminal/text.ts';

export const compare = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(withServer(command))
      .description(
        'Sets the sessions of a task side by side, the best first: time, tokens, cost, size of the change, checks.',
      )
      .argument(
        '<task>',
        'its id, or one of its sessions: an id, the beginning of one, a branch, or "latest"',
      )
      .addHelpText(
        'after',
        `
A session wins when it completed and passed every check of the task (ah task --check), and no other is better.

Examples:
  $ ah task --agent claude-code --agent codex --instances 2 --check "npm test" --prompt "Fix the build"
  $ ah task compare latest
  $ ah task compare latest --json | jq -r .winner`,
      ),
  run: async (context, [name = '']) => {
    const client = await context.client();
    context.doing('Comparing the sessions');
    const comparison = await comparisonOf(client, name);
    await context.show(comparison, () => linesOf(comparison, context.columns));
  },
});

/** A task by its id; whoever names none means the task of a session. */
const comparisonOf = async (client: HarborClient, name: string): Promise<Comparison> => {
  try {
    return await client.tasks.compareTask(name);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'task-not-found') throw error;
    const { taskId } = await client.tasks.getSession(await findSession(client, name), { archived: true });
    return client.tasks.compareTask(taskId);
  }
};

const linesOf = ({ sessions, winner, reason }: Comparison, width: number | undefined): Text[] => [
  ...table(columns, sessions, width),
  '',
  ...(winner === null ? [] : [[paint('bold', winner), ' wins.']]),
  reason,
  ...(winner === null
    ? []
    : [`Look at it with: ah session diff ${winner}`, `Take it home with: ah session deliver ${winner}`]),
];

const tokens = ({ usage }: ComparedSession): string =>
  usage === null ? '?' : `${usage.input_tokens} + ${usage.output_tokens}`;

const cost = ({ usage }: ComparedSession): string =>
  usage?.cost_micro_usd === undefined ? '?' : `$${(usage.cost_micro_usd / 1_000_000).toFixed(4)}`;

const checks = ({ checks }: ComparedSession): string =>
  checks.map(({ command, state }) => `${command}: ${state}`).join(', ');

const columns: Column<ComparedSession>[] = [
  { title: '#', cell: ({ rank }) => String(rank) },
  { title: 'SESSION', cell: ({ sessionId }) => sessionId },
  {
    title: 'AGENT',
    cell: ({ agent }) => [agent.displayName ?? agent.type, agent.model].filter(Boolean).join(' '),
  },
  { title: 'STATUS', cell: ({ status }) => status, look: ({ status }) => statusLook(status) },
  { title: 'TIME', cell: ({ durationMs }) => (durationMs === null ? '?' : duration(durationMs)) },
  { title: 'TOKENS', cell: tokens },
  { title: 'COST', cell: cost },
  {
    title: 'CHANGES',
    cell: ({ changes }) => `${changes.files_changed} (+${changes.lines_added} -${changes.lines_removed})`,
  },
  { title: 'CHECKS', cell: checks, flexible: true },
];
