import type { Session } from '@agent-harbor/api-contract/schemas';
import { AgentType, SessionStatus } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { branchNames } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { PageFlags, pageQuery, showPage, withPage } from '../../list-pages.ts';
import { age } from '../../render/age.ts';
import { statusLook } from '../../render/status.ts';
import { readPlace } from '../../repo-flag.ts';
import { collect } from '../../settings/setting-flags.ts';
import { type Column, table } from '../../terminal/table.ts';

const Flags = PageFlags.extend({
  status: z.array(SessionStatus).optional(),
  agent: AgentType.optional(),
  label: z.array(z.string().regex(/^[^:=]+[:=]/, 'must be key=value')).optional(),
  repo: z.string().optional(),
  search: z.string().optional(),
  archived: z.boolean().optional(),
  ids: z.boolean().optional(),
  names: z.boolean().optional(),
});

export const list = defineCommand({
  flags: Flags,
  declare: (command) =>
    withPage(withCommon(withServer(command)))
      .description('Lists sessions, newest first.')
      .option('--status <status…>', 'only in these states, separated by commas', (value) => value.split(','))
      .option('--agent <type>', 'only of this agent')
      .option('--label <key=value>', 'only with this label; may be repeated', collect)
      .option('--repo <path|url>', 'only on this repository')
      .option('--search <words>', 'only with these words in the prompt')
      .option('--archived', 'also the cancelled ones that were put away')
      .option('--ids', 'only their ids, one on each line')
      .option('--names', 'only what they can be named by: their ids, then their branches')
      .addHelpText(
        'after',
        `
Examples:
  $ ah session list --status running,queued
  $ ah session list --label team=web --json | jq -r '.items[].id'
  $ ah session list --status running --ids | xargs -n 1 ah session stop`,
      ),
  run: async (context, _args, flags) => {
    // Whoever pressed Tab, and any script, would rather have nothing than wait for a server that is not there.
    const client = await context.client(flags.ids === true || flags.names === true ? { attempts: 1 } : {});
    const page = await client.tasks.listSessions({
      status: flags.status,
      agent: flags.agent,
      label: flags.label?.map((label) => label.replace(/[:=]/, ':')),
      repo: flags.repo === undefined ? undefined : readPlace(flags.repo, context.io.cwd),
      q: flags.search,
      ...pageQuery(flags),
      archived: flags.archived === true ? 'true' : undefined,
    });
    await showPage(context, page, {
      flags,
      nothing: 'No sessions. Launch one: ah task --help',
      lines: (items) => table(columnsAt(Date.now()), items, context.columns),
      words: flags.ids === true ? idsOf : flags.names === true ? namesOf : undefined,
    });
  },
});

const idsOf = (items: readonly Session[]): string[] => items.map(({ id }) => id);

const namesOf = (items: readonly Session[]): string[] => [
  ...idsOf(items),
  ...new Set(items.flatMap(branchNames)),
];

const columnsAt = (now: number): Column<Session>[] => [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'STATUS', cell: ({ status }) => status, look: ({ status }) => statusLook(status) },
  { title: 'AGENT', cell: ({ agent }) => agent.displayName ?? agent.type },
  { title: 'AGE', cell: ({ createdAt }) => age(createdAt, now) },
  {
    title: 'CHANGES',
    cell: ({ changes }) => `${changes.files_changed} (+${changes.lines_added} -${changes.lines_removed})`,
  },
  { title: 'PROMPT', cell: ({ prompt }) => prompt, flexible: true },
];
