import type { SessionDiff } from '@agent-harbor/api-contract/schemas';
import type { HarborClient } from '@agent-harbor/rest-client';
import { z } from 'zod';
import { findSession } from '../../find-session.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { renderDiffs } from '../../render/diff.ts';

const Flags = z.object({ context: wholeNumber(0, 10).default(3), full: z.boolean().optional() });
type Flags = z.infer<typeof Flags>;

export const diff = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description('Shows what a session changed against its base.')
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .argument('[file]', 'only this file, by its path in the repository')
      .option('--context <lines>', 'lines around each change (3, at most 10)')
      .option('--full', 'with --json: each file whole as well')
      .addHelpText(
        'after',
        `
What is not printable is spelt out, as in <U+001B>; --json has every byte.

Examples:
  $ ah session diff latest
  $ ah session diff 01JD src/main.ts --context 10`,
      ),
  run: async (context, [name = '', file], flags) => {
    const client = await context.client();
    const sessionId = await findSession(client, name);
    const found = await load(client, sessionId, file, flags);
    await context.show(found, () => renderDiffs(found.files));
  },
});

const load = async (
  client: HarborClient,
  sessionId: string,
  file: string | undefined,
  flags: Flags,
): Promise<SessionDiff> => {
  const query = { context: flags.context, full: flags.full === true ? ('true' as const) : undefined };
  if (file === undefined) return client.workspaces.diff(sessionId, query);
  const one = await client.workspaces.fileDiff(sessionId, file, query);
  return { files: [one], total_lines_added: one.lines_added, total_lines_removed: one.lines_removed };
};
