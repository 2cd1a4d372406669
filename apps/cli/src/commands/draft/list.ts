import type { Draft } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { PageFlags, pageQuery, showPage, withPage } from '../../list-pages.ts';
import { age } from '../../render/age.ts';
import { type Column, table } from '../../terminal/table.ts';
import { agentsText } from './draft-text.ts';

export const list = defineCommand({
  flags: PageFlags.extend({ ids: z.boolean().optional() }),
  declare: (command) =>
    withPage(withCommon(withServer(command)))
      .description('Lists drafts: tasks that are not launched yet, last changed first.')
      .option('--ids', 'only their ids, one on each line')
      .addHelpText('after', '\nExamples:\n  $ ah draft list'),
  run: async (context, _args, flags) => {
    const { tasks } = await context.client(flags.ids === true ? { attempts: 1 } : {});
    await showPage(context, await tasks.listDrafts(pageQuery(flags)), {
      flags,
      nothing: 'No drafts. Begin one: ah draft create --prompt "…"',
      lines: (items) => table(columnsAt(Date.now()), items, context.columns),
      words: flags.ids === true ? (items) => items.map(({ id }) => id) : undefined,
    });
  },
});

const columnsAt = (now: number): Column<Draft>[] => [
  { title: 'DRAFT', cell: ({ id }) => id },
  { title: 'CHANGED', cell: ({ updatedAt }) => age(updatedAt, now) },
  { title: 'AGENTS', cell: agentsText },
  { title: 'REPOSITORY', cell: ({ repo }) => repo?.url ?? repo?.mode ?? '' },
  { title: 'PROMPT', cell: ({ prompt }) => prompt, flexible: true },
];
