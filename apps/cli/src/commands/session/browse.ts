import type { WorkspaceEntry } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { CursorFlag, pagesOf, restLine, withCursor } from '../../list-pages.ts';
import { sizeText } from '../../render/size.ts';
import { reveal } from '../../terminal/clean.ts';
import { table } from '../../terminal/table.ts';

const Flags = z.object({
  recursive: z.boolean().optional(),
  modified: z.boolean().optional(),
  limit: wholeNumber(1, 100_000).default(1000),
  cursor: CursorFlag,
});

export const browse = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCursor(withCommon(withServer(command)))
      .description('Lists a folder of the workspace of a session, changed or not, without what git ignores.')
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .argument('[folder]', 'by its path in the workspace; the top one when absent')
      .option('-r, --recursive', 'every file below it')
      .option('--modified', 'only what the session changed')
      .option('--limit <number>', 'how many entries are listed (1000)')
      .addHelpText(
        'after',
        `
Examples:
  $ ah session browse latest
  $ ah session browse latest src --recursive --modified
  $ ah session browse 01JD src --json`,
      ),
  run: async (context, [name = '', folder], { recursive, modified, limit, cursor }) => {
    const client = await context.client();
    const { interrupted: signal } = context.io;
    const sessionId = await findSession(client, name);
    context.doing('Listing the files');
    const children: WorkspaceEntry[] = [];
    let total: number | null = null;
    let nextCursor: string | null = null;
    const query = {
      path: folder,
      recursive: recursive === true ? ('true' as const) : undefined,
      modified_only: modified === true ? ('true' as const) : undefined,
    };
    const pages = pagesOf(
      { limit, cursor, together: 200 },
      (page) => client.workspaces.browse(sessionId, { ...query, ...page }, { signal }),
      (page) => page.children.length,
    );
    for await (const page of pages) {
      children.push(...page.children);
      total ??= page.total;
      ({ nextCursor } = page);
    }
    await context.show({ path: folder ?? '', children, total, nextCursor }, () => [
      ...(children.length === 0 ? ['Nothing is there.'] : table(columns, children, context.columns)),
      ...(nextCursor === null ? [] : [restLine(nextCursor)]),
    ]);
  },
});

const columns = [
  {
    title: 'CHANGED',
    cell: ({ is_modified }: WorkspaceEntry) => (is_modified ? 'yes' : ''),
    look: () => 'yellow' as const,
  },
  {
    title: 'SIZE',
    cell: ({ type, size_bytes, file_count }: WorkspaceEntry) =>
      type === 'directory'
        ? `${file_count ?? 0} ${file_count === 1 ? 'file' : 'files'}`
        : size_bytes === null
          ? ''
          : sizeText(size_bytes),
  },
  {
    title: 'PATH',
    cell: ({ path, type }: WorkspaceEntry) => `${reveal(path)}${endings[type]}`,
    look: ({ type }: WorkspaceEntry) => (type === 'directory' ? ('blue' as const) : undefined),
  },
];

const endings: Readonly<Record<WorkspaceEntry['type'], string>> = {
  file: '',
  directory: '/',
  symlink: '@',
  submodule: ' (a submodule)',
};
