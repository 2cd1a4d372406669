import type { ContentMatches } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { usageFailure } from '../../failure.ts';
import { findSession } from '../../find-session.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { reveal } from '../../terminal/clean.ts';
import { paint, type Text } from '../../terminal/text.ts';

const Flags = z.object({
  fixed: z.boolean().optional(),
  caseSensitive: z.boolean().optional(),
  path: z.string().min(1).optional(),
  type: z.string().min(1).optional(),
  include: z.string().min(1).optional(),
  exclude: z.string().min(1).optional(),
  limit: wholeNumber(1, 200).default(50),
});

export const search = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description(
        'Searches the files of the workspace of a session, changed or not, without what git ignores.',
      )
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .argument('<pattern>', 'a regular expression, as ripgrep reads it')
      .option('-F, --fixed', 'the pattern stands for itself')
      .option('-s, --case-sensitive', 'upper and lower case differ')
      .option('--path <path>', 'only this file, or what is below this folder')
      .option('--type <ending>', 'only files with this ending, as ts')
      .option('--include <glob>', 'only paths that match: * within a folder, ** across folders')
      .option('--exclude <glob>', 'not the paths that match')
      .option('--limit <files>', 'how many files are shown, those with most matches (50, at most 200)')
      .addHelpText(
        'after',
        `
The search ends after 5 seconds and says so; files above 16 MiB are left out.

Examples:
  $ ah session search latest 'TODO|FIXME'
  $ ah session search latest 'f(' --fixed --type ts --exclude 'dist/**'
  $ ah session search 01JD password --json`,
      ),
  run: async (context, [name = '', pattern = ''], flags) => {
    if (pattern === '') throw usageFailure('Give a pattern.');
    const client = await context.client();
    const sessionId = await findSession(client, name);
    context.doing('Searching the files');
    const found = await client.workspaces.searchContent(
      sessionId,
      {
        q: pattern,
        literal: flags.fixed === true ? 'true' : undefined,
        case_sensitive: flags.caseSensitive === true ? 'true' : 'false',
        path: flags.path,
        type: flags.type,
        include_pattern: flags.include,
        exclude_pattern: flags.exclude,
        limit: flags.limit,
      },
      { signal: context.io.interrupted },
    );
    await context.show(found, () => linesOf(found));
  },
});

const linesOf = ({ results, total, cut_by, skipped_large }: ContentMatches): readonly Text[] => {
  const lines = results.flatMap(({ path, matches, match_count }): Text[] => {
    const more = match_count - matches.length;
    return [
      paint('magenta', reveal(path)),
      ...matches.map(({ line, content }): Text => [paint('green', String(line)), ': ', reveal(content)]),
      ...(more > 0 ? [paint('dim', `… ${match_count >= 100 ? 'at least ' : ''}${more} more lines`)] : []),
      '',
    ];
  });
  return [
    ...lines,
    total === 0
      ? 'Nothing was found.'
      : paint('dim', `${total} ${total === 1 ? 'file' : 'files'}, ${results.length} shown`),
    ...(cut_by === null
      ? []
      : [
          paint(
            'yellow',
            `The search was ended by ${ends[cut_by]}: there may be more. Search less with --path or --type.`,
          ),
        ]),
    ...(skipped_large === 0 ? [] : [paint('dim', `${skipped_large} files above 16 MiB were left out.`)]),
  ];
};

const ends: Readonly<Record<NonNullable<ContentMatches['cut_by']>, string>> = {
  time: 'its time (5 s)',
  output: 'its output (16 MiB)',
};
