import { type Workspace, WorkspaceStatus } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { age } from '../../render/age.ts';
import { table } from '../../terminal/table.ts';

export const workspaces = defineCommand({
  flags: z.object({
    status: z.array(WorkspaceStatus).optional(),
    project: z.string().optional(),
    tenant: z.string().optional(),
    repo: z.string().optional(),
    limit: wholeNumber(1, 200).default(20),
    ids: z.boolean().optional(),
  }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists where sessions work, the newest first.')
      .option(
        '--status <status…>',
        `only in these states, separated by commas: ${WorkspaceStatus.options.join(', ')}`,
        (value) => value.split(','),
      )
      .option('--project <id>', 'only those of this project')
      .option('--tenant <id>', 'only those of this tenant')
      .option('--repo <url>', 'only those of this repository')
      .option('--limit <number>', 'how many (20, at most 200)')
      .option('--ids', 'only their ids, one on each line')
      .addHelpText(
        'after',
        `
Examples:
  $ ah remote workspaces --status active
  $ ah remote workspace show latest`,
      ),
  run: async (context, _args, { ids, limit, project, tenant, ...filter }) => {
    const { catalogue } = await context.client(ids === true ? { attempts: 1 } : {});
    const query = { ...filter, perPage: limit, projectId: project, tenantId: tenant };
    const page = await catalogue.workspaces(query);
    await context.show(page, () => {
      if (ids === true) return page.items.map(({ id }) => id);
      if (page.items.length === 0) return ['No workspaces.'];
      const now = Date.now();
      const lines = table(
        [
          { title: 'WORKSPACE', cell: (workspace: Workspace) => workspace.id },
          {
            title: 'STATE',
            cell: (workspace) => workspace.status,
            look: (workspace) => (workspace.status === 'active' ? 'green' : undefined),
          },
          { title: 'SESSION', cell: (workspace) => workspace.sessionStatus },
          { title: 'EXECUTOR', cell: (workspace) => workspace.executorId ?? '' },
          { title: 'AGE', cell: (workspace) => age(workspace.createdAt, now) },
          { title: 'REPOSITORY', cell: ({ repositories }) => repositories[0]?.url ?? 'none', flexible: true },
        ],
        page.items,
        context.columns,
      );
      return page.nextCursor === null ? lines : [...lines, '… and more: --limit, or --json for the cursor'];
    });
  },
});
