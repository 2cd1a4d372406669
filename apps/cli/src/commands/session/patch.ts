import { z } from 'zod';
import type { Context } from '../../context.ts';
import { usageFailure } from '../../failure.ts';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { saveBytes } from '../../save-bytes.ts';
import { reveal } from '../../terminal/clean.ts';
import { shellWord } from '../../terminal/shell-word.ts';
import type { Text } from '../../terminal/text.ts';

const Flags = z.object({
  files: z.string().min(1).optional(),
  output: z.string().min(1).optional(),
  pager: z.boolean().default(true),
});

export const patch = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description('Prints all that a session changed as one patch of git, binary files included.')
      .argument('[session]', 'its id, the beginning of it, its branch, or "latest" (the default)')
      .option('--files <paths>', 'only these files, separated by commas')
      .option('-o, --output <file>', 'write it to this file')
      .option('--no-pager', 'print at once, also at a terminal')
      .addHelpText(
        'after',
        `
At a terminal what is not printable is spelt out; a file or a pipe gets every byte.
git am needs --keep-cr where line ends are CRLF.

Examples:
  $ ah session patch --output work.patch
  $ ah session patch 01JD | git apply --index
  $ ah session patch latest | git am --keep-cr`,
      ),
  run: async (context, [name = 'latest'], { files, output, pager }) => {
    if (context.json && output === undefined) {
      throw usageFailure('--json tells about a file: say which with --output.');
    }
    const client = await context.client();
    const sessionId = await findSession(client, name);
    context.doing('Making the patch');
    const bytes = await client.workspaces.patch(sessionId, { files }, { signal: context.io.interrupted });
    const { stdout } = context.io;
    if (output !== undefined) await savePatch(context, bytes, output);
    else if (stdout.isTTY === true) await context.page(linesOf(bytes), pager);
    else for await (const piece of bytes) await stdout.write(piece);
  },
});

/** Saves a patch as a file, under its name only when all of it is there. */
export const savePatch = async (
  context: Context,
  bytes: AsyncIterable<Uint8Array>,
  output: string,
): Promise<void> => {
  const saved = await saveBytes(context, bytes, output, 'The patch');
  await context.show(saved, () =>
    saved.bytes === 0
      ? ['Nothing changed: the patch is empty.']
      : [
          `Wrote ${saved.bytes} bytes to ${saved.path}`,
          `Apply it in a clone: git am --keep-cr -- ${shellWord(saved.path)}`,
        ],
  );
};

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Text[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of bytes) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield lines.map(reveal);
  }
  if (rest !== '') yield [reveal(rest)];
}
