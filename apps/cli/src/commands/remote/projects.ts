import type { Project } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { PageFlags, pageQuery, showPage, withPage } from '../../list-pages.ts';
import { age } from '../../render/age.ts';
import { type Column, table } from '../../terminal/table.ts';

export const projects = defineCommand({
  flags: PageFlags.extend({ tenant: z.string().optional(), ids: z.boolean().optional() }),
  declare: (command) =>
    withPage(withCommon(withServer(command)))
      .description('Lists the projects that tasks and repositories were put in, last used first.')
      .option('--tenant <id>', 'only those of this tenant')
      .option('--ids', 'only their ids, one on each line')
      .addHelpText('after', '\nExamples:\n  $ ah remote projects'),
  run: async (context, _args, flags) => {
    const { catalogue } = await context.client(flags.ids === true ? { attempts: 1 } : {});
    const page = await catalogue.projects({ ...pageQuery(flags), tenantId: flags.tenant });
    await showPage(context, page, {
      flags,
      nothing: 'No projects yet: ah task --project <id> makes one.',
      lines: (items) => table(columnsAt(Date.now()), items, undefined),
      words: flags.ids === true ? (items) => [...new Set(items.map(({ id }) => id))] : undefined,
    });
  },
});

const columnsAt = (now: number): Column<Project>[] => [
  { title: 'PROJECT', cell: ({ id }) => id },
  { title: 'TENANT', cell: ({ tenantId }) => tenantId ?? '' },
  { title: 'USED', cell: ({ lastUsedAt }) => age(lastUsedAt, now) },
  { title: 'SINCE', cell: ({ createdAt }) => age(createdAt, now) },
];
