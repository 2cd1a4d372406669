import { z } from 'zod';
import { findRepository } from '../../find-repository.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { CursorFlag, pagesOf, restLine, withCursor } from '../../list-pages.ts';
import { safeJson } from '../../terminal/clean.ts';

export const files = defineCommand({
  flags: z.object({
    ref: z.string().optional(),
    search: z.string().optional(),
    limit: wholeNumber(1, 100_000_000).default(100_000_000),
    cursor: CursorFlag,
  }),
  declare: (command) =>
    withCursor(withCommon(withServer(command)))
      .description('Lists the files git tracks in a repository, as they come, however many they are.')
      .argument('<repository>', 'its id, its name, its url, a path, or latest')
      .argument('[path]', 'only this file, or what is below this directory')
      .option('--ref <name>', 'a branch, a tag or a whole commit id (the default branch)')
      .option('--search <text>', 'only paths with this in them')
      .option('--limit <number>', 'at most so many')
      .addHelpText(
        'after',
        `
With --json it prints one object on each line. What --limit leaves out is told on standard error.

Examples:
  $ ah repo files acme/shop src --ref v1.2.0
  $ ah repo files acme/shop --search .proto | xargs -n 1 basename`,
      ),
  run: async (context, [name = '', path], { ref, search, limit, cursor }) => {
    const client = await context.client();
    const { id } = await findRepository(client, name, context.io.cwd);
    const { interrupted: signal, stdout } = context.io;
    context.doing('Listing the files');
    let nextCursor: string | null = null;
    const pages = pagesOf(
      { limit, cursor, together: 5000 },
      (page) => client.catalogue.repositoryFiles(id, { ref, path, q: search, ...page }, { signal }),
      (page) => page.items.length,
    );
    for await (const { items, ...page } of pages) {
      if (context.json) await stdout.write(items.map((file) => `${safeJson(file)}\n`).join(''));
      else await context.printAll(items.map((file) => file.path));
      ({ nextCursor } = page);
    }
    if (nextCursor !== null) await context.note(restLine(nextCursor));
  },
});
