import { type ChangedFile, FileStatus } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { CursorFlag, pagesOf, restLine, withCursor } from '../../list-pages.ts';
import { age } from '../../render/age.ts';
import { reveal } from '../../terminal/clean.ts';
import { table } from '../../terminal/table.ts';
import type { Look } from '../../terminal/text.ts';

const Flags = z.object({
  status: z.array(FileStatus).optional(),
  path: z.string().optional(),
  limit: wholeNumber(1, 1_000_000).default(1_000_000),
  cursor: CursorFlag,
});

export const files = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCursor(withCommon(withServer(command)))
      .description('Lists the files a session changed, sorted by path.')
      .argument('[session]', 'its id, the beginning of it, its branch, or "latest" (the default)')
      .option(
        '--status <status…>',
        'only added, modified, deleted or renamed, separated by commas',
        (value) => value.split(','),
      )
      .option('--path <glob>', 'only paths that match: * within a folder, ** across folders')
      .option('--limit <number>', 'at most so many')
      .addHelpText(
        'after',
        `
Examples:
  $ ah session files
  $ ah session files latest --status added,renamed
  $ ah session files 01JD --path 'src/**' --json`,
      ),
  run: async (context, [name = 'latest'], { status, path, limit, cursor }) => {
    const client = await context.client();
    const sessionId = await findSession(client, name);
    context.doing('Comparing the files');
    const items: ChangedFile[] = [];
    let nextCursor: string | null = null;
    const pages = pagesOf(
      { limit, cursor, together: 200 },
      (page) => client.workspaces.changedFiles(sessionId, { status, path, ...page }),
      (page) => page.items.length,
    );
    for await (const page of pages) {
      items.push(...page.items);
      ({ nextCursor } = page);
    }
    await context.show({ items, nextCursor }, () => [
      ...(items.length === 0 ? ['No changed files.'] : table(columnsAt(Date.now()), items, undefined)),
      ...(nextCursor === null ? [] : [restLine(nextCursor)]),
    ]);
  },
});

/** What is no plain file. */
const kinds: Readonly<Record<string, string>> = { '120000': 'link', '160000': 'submodule' };

const looks: Readonly<Record<FileStatus, Look>> = {
  added: 'green',
  modified: 'yellow',
  deleted: 'red',
  renamed: 'blue',
};

const columnsAt = (now: number) => [
  {
    title: 'STATUS',
    cell: ({ status }: ChangedFile) => status,
    look: ({ status }: ChangedFile) => looks[status],
  },
  { title: 'LINES', cell: (file: ChangedFile) => `+${file.lines_added} -${file.lines_removed}` },
  {
    title: 'CHANGED',
    cell: ({ last_modified }: ChangedFile) => (last_modified === null ? '' : age(last_modified, now)),
  },
  {
    title: 'WHAT',
    cell: ({ change_type, new_mode }: ChangedFile) => kinds[new_mode ?? ''] ?? change_type,
  },
  {
    title: 'PATH',
    cell: ({ path, old_path }: ChangedFile) =>
      reveal(old_path === undefined ? path : `${old_path} → ${path}`),
  },
];
