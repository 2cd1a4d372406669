import { z } from 'zod';
import { usageFailure } from '../../failure.ts';
import { findSession } from '../../find-session.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { reveal } from '../../terminal/clean.ts';
import { paint, type Text } from '../../terminal/text.ts';

const Flags = z.object({
  type: z.enum(['file', 'directory', 'both']).default('both'),
  modified: z.boolean().optional(),
  limit: wholeNumber(1, 100).default(20),
});

export const find = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description('Finds paths in the workspace of a session by a few letters, the best first.')
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .argument('<letters>', 'parts of the path, in any case; letters may be left out between')
      .option('--type <type>', 'file, directory or both (both)')
      .option('--modified', 'only what the session changed')
      .option('--limit <number>', 'how many are shown (20, at most 100)')
      .addHelpText(
        'after',
        `
Examples:
  $ ah session find latest authts
  $ ah session find latest "src test" --modified --json`,
      ),
  run: async (context, [name = '', letters = ''], { type, modified, limit }) => {
    if (letters.trim() === '') throw usageFailure('Give some letters of the path.');
    const client = await context.client();
    const sessionId = await findSession(client, name);
    context.doing('Looking for paths');
    const found = await client.workspaces.searchPaths(sessionId, {
      q: letters,
      type,
      limit,
      include_preview: 'false',
      modified_only: modified === true ? 'true' : undefined,
    });
    await context.show(found, () => {
      const all = [...found.files, ...found.directories].sort(
        (one, other) => other.relevance_score - one.relevance_score,
      );
      const lines = all
        .slice(0, limit)
        .map(({ path, is_modified }): Text => paint(is_modified ? 'yellow' : undefined, reveal(path)));
      const more = found.total - lines.length;
      return [
        ...(lines.length === 0 ? ['No path fits.'] : lines),
        ...(more > 0 ? [paint('dim', `${more} more fit.`)] : []),
      ];
    });
  },
});
