import { DiffFormat, type FileDiff, type SessionDiff } from '@agent-harbor/api-contract/schemas';
import type { HarborClient } from '@agent-harbor/rest-client';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { usageFailure } from '../../failure.ts';
import { findSession } from '../../find-session.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { renderDiff, renderSplit } from '../../render/diff.ts';
import { diffPage } from '../../render/diff-page.ts';
import { clean, reveal } from '../../terminal/clean.ts';
import { paint, type Text } from '../../terminal/text.ts';

const Flags = z.object({
  context: wholeNumber(0, 10).default(3),
  full: z.boolean().optional(),
  format: DiffFormat.default('unified'),
  files: z.string().min(1).optional(),
  pager: z.boolean().default(true),
});
type Flags = z.infer<typeof Flags>;

export const diff = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description('Shows what a session changed against its base.')
      .argument('[session]', 'its id, the beginning of it, its branch, or "latest" (the default)')
      .argument('[file]', 'only this file, by its path in the repository')
      .option('--context <lines>', 'lines around each change (3, at most 10)')
      .option('--format <format>', 'unified, split (side by side) or html, a page for a browser (unified)')
      .option('--files <paths>', 'only these files, separated by commas')
      .option('--full', 'with --json: each file whole as well')
      .option('--no-pager', 'print at once, also at a terminal')
      .addHelpText(
        'after',
        `
At a terminal it is shown by AH_PAGER, PAGER or less; "cat" or an empty value prints it.
What is not printable is spelt out, as in <U+001B>; --json has every character.
To apply the changes elsewhere take the patch: ah session patch.

Examples:
  $ ah session diff
  $ ah session diff 01JD src/main.ts --context 10
  $ ah session diff latest --files README.md,src/main.ts --format split
  $ ah session diff latest --format html > changes.html`,
      ),
  run: async (context, [name = 'latest', file], flags) => {
    if (file !== undefined && flags.files !== undefined) {
      throw usageFailure('A file and --files: give one of them.');
    }
    const client = await context.client();
    const sessionId = await findSession(client, name);
    context.doing('Comparing the files');
    const found = await load(client, sessionId, file, flags);
    const unchanged = unchangedOf(flags.files, found).map(reveal);
    if (unchanged.length > 0) await context.note(`The session did not change ${unchanged.join(', ')}.`);
    if (context.json) await context.printJson(found);
    else if (flags.format === 'html') await printPage(context, filesOf(client, sessionId, found, flags));
    else
      await context.page(
        linesOf(context, filesOf(client, sessionId, found, flags), found, flags),
        flags.pager,
      );
  },
});

/** Those of the files asked for that an answer lacks, where it has all there are. */
const unchangedOf = (asked: string | undefined, { files, total_files }: SessionDiff): readonly string[] =>
  files.length < total_files
    ? []
    : (asked ?? '').split(',').filter((path) => path !== '' && !files.some((file) => file.path === path));

const queryOf = ({ context, full, format }: Flags) => ({
  context,
  full: full === true ? ('true' as const) : undefined,
  format,
});

const load = async (
  client: HarborClient,
  sessionId: string,
  file: string | undefined,
  flags: Flags,
): Promise<SessionDiff> => {
  const query = queryOf(flags);
  if (file === undefined) return client.workspaces.diff(sessionId, { ...query, files: flags.files });
  const one = await client.workspaces.fileDiff(sessionId, file, query);
  const { lines_added, lines_removed, truncated } = one;
  return {
    files: [one],
    total_lines_added: lines_added,
    total_lines_removed: lines_removed,
    total_files: 1,
    truncated,
  };
};

/** The files of an answer; one that was cut for the sake of the others is asked for alone. */
async function* filesOf(
  client: HarborClient,
  sessionId: string,
  { files }: SessionDiff,
  flags: Flags,
): AsyncGenerator<FileDiff> {
  for (const file of files) {
    const isCut = file.truncated && !file.binary && files.length > 1;
    yield isCut ? await client.workspaces.fileDiff(sessionId, file.path, queryOf(flags)) : file;
  }
}

async function* linesOf(
  context: Context,
  files: AsyncIterable<FileDiff>,
  { total_files, files: shown }: SessionDiff,
  { format, files: asked }: Flags,
): AsyncGenerator<readonly Text[]> {
  let isFirst = true;
  for await (const file of files) {
    const lines = format === 'split' ? renderSplit(file, context.columns ?? 160) : renderDiff(file);
    yield isFirst ? lines : ['', ...lines];
    isFirst = false;
  }
  if (isFirst) yield [asked === undefined ? 'Nothing changed.' : 'None of these files was changed.'];
  const more = total_files - shown.length;
  if (more > 0) yield ['', paint('yellow', `${more} more files: \`ah session patch\` has all of them.`)];
}

/** As it is for a file or a program; a terminal gets nothing it would act on. */
const printPage = async ({ io }: Context, files: AsyncIterable<FileDiff>): Promise<void> => {
  const write = (text: string) => io.stdout.write(io.stdout.isTTY === true ? clean(text) : text);
  await write(diffPage.begin);
  for await (const { diff } of files) await write(`${diff}\n`);
  await write(diffPage.end);
};
