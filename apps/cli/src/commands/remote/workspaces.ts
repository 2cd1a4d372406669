import { type Workspace, WorkspaceStatus } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { PageFlags, pageQuery, showPage, withPage } from '../../list-pages.ts';
import { age } from '../../render/age.ts';
import { readPlace } from '../../repo-flag.ts';
import { type Column, table } from '../../terminal/table.ts';

export const workspaces = defineCommand({
  flags: PageFlags.extend({
    status: z.array(WorkspaceStatus).optional(),
    project: z.string().optional(),
    tenant: z.string().optional(),
    repo: z.string().optional(),
    ids: z.boolean().optional(),
  }),
  declare: (command) =>
    withPage(withCommon(withServer(command)))
      .description('Lists where sessions work, the newest first.')
      .option(
        '--status <status…>',
        `only in these states, separated by commas: ${WorkspaceStatus.options.join(', ')}`,
        (value) => value.split(','),
      )
      .option('--project <id>', 'only those of this project')
      .option('--tenant <id>', 'only those of this tenant')
      .option('--repo <path|url>', 'only those of this repository')
      .option('--ids', 'only their ids, one on each line')
      .addHelpText(
        'after',
        `
Examples:
  $ ah remote workspaces --status active
  $ ah remote workspace show latest`,
      ),
  run: async (context, _args, { status, project, tenant, repo, ids, ...flags }) => {
    const { catalogue } = await context.client(ids === true ? { attempts: 1 } : {});
    const place = repo === undefined ? undefined : readPlace(repo, context.io.cwd);
    const query = { ...pageQuery(flags), status, repo: place, projectId: project, tenantId: tenant };
    await showPage(context, await catalogue.workspaces(query), {
      flags,
      nothing: 'No workspaces.',
      lines: (items) => table(columnsAt(Date.now()), items, context.columns),
      words: ids === true ? (items) => items.map(({ id }) => id) : undefined,
    });
  },
});

const columnsAt = (now: number): Column<Workspace>[] => [
  { title: 'WORKSPACE', cell: ({ id }) => id },
  {
    title: 'STATE',
    cell: ({ status }) => status,
    look: ({ status }) => (status === 'active' ? 'green' : undefined),
  },
  { title: 'SESSION', cell: ({ sessionStatus }) => sessionStatus },
  { title: 'EXECUTOR', cell: ({ executorId }) => executorId ?? '' },
  { title: 'AGE', cell: ({ createdAt }) => age(createdAt, now) },
  { title: 'REPOSITORY', cell: ({ repositories }) => repositories[0]?.url ?? 'none', flexible: true },
];
