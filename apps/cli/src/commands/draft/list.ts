import type { Draft } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { age } from '../../render/age.ts';
import { table } from '../../terminal/table.ts';
import { agentsText } from './draft-text.ts';

export const list = defineCommand({
  flags: z.object({ limit: wholeNumber(1, 200).default(20), ids: z.boolean().optional() }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists drafts: tasks that are not launched yet, last changed first.')
      .option('--limit <number>', 'how many (20, at most 200)')
      .option('--ids', 'only their ids, one on each line')
      .addHelpText('after', '\nExamples:\n  $ ah draft list'),
  run: async (context, _args, { limit, ids }) => {
    const { tasks } = await context.client(ids === true ? { attempts: 1 } : {});
    const page = await tasks.listDrafts({ perPage: limit });
    await context.show(page, () => {
      if (ids === true) return page.items.map(({ id }) => id);
      if (page.items.length === 0) return ['No drafts. Begin one: ah draft create --prompt "…"'];
      const now = Date.now();
      const lines = table(
        [
          { title: 'DRAFT', cell: (draft: Draft) => draft.id },
          { title: 'CHANGED', cell: (draft: Draft) => age(draft.updatedAt, now) },
          { title: 'AGENTS', cell: agentsText },
          { title: 'REPOSITORY', cell: ({ repo }) => repo?.url ?? repo?.mode ?? '' },
          { title: 'PROMPT', cell: ({ prompt }) => prompt, flexible: true },
        ],
        page.items,
        context.columns,
      );
      return page.nextCursor === null ? lines : [...lines, '… and more: --limit, or --json for the cursor'];
    });
  },
});
