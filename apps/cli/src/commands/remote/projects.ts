import type { Project } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { age } from '../../render/age.ts';
import { table } from '../../terminal/table.ts';

export const projects = defineCommand({
  flags: z.object({
    limit: wholeNumber(1, 200).default(20),
    tenant: z.string().optional(),
    ids: z.boolean().optional(),
  }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists the projects that tasks and repositories were put in, last used first.')
      .option('--tenant <id>', 'only those of this tenant')
      .option('--limit <number>', 'how many (20, at most 200)')
      .option('--ids', 'only their ids, one on each line')
      .addHelpText('after', '\nExamples:\n  $ ah remote projects'),
  run: async (context, _args, { limit, tenant, ids }) => {
    const { catalogue } = await context.client(ids === true ? { attempts: 1 } : {});
    const page = await catalogue.projects({ perPage: limit, tenantId: tenant });
    await context.show(page, () => {
      if (ids === true) return [...new Set(page.items.map(({ id }) => id))];
      if (page.items.length === 0) return ['No projects yet: ah task --project <id> makes one.'];
      const now = Date.now();
      return table(
        [
          { title: 'PROJECT', cell: (project: Project) => project.id },
          { title: 'TENANT', cell: (project: Project) => project.tenantId ?? '' },
          { title: 'USED', cell: (project: Project) => age(project.lastUsedAt, now) },
          { title: 'SINCE', cell: (project: Project) => age(project.createdAt, now) },
        ],
        page.items,
        undefined,
      );
    });
  },
});
