import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { Failure, usageFailure } from '../../failure.ts';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
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
    const bytes = await client.workspaces.patch(sessionId, { files }, { signal: context.io.interrupted });
    const { stdout } = context.io;
    if (output !== undefined) await save(context, bytes, output);
    else if (stdout.isTTY === true) await context.page(linesOf(bytes), pager);
    else for await (const piece of bytes) await stdout.write(piece);
  },
});

/** How much passes between two words about the progress. */
const stepBytes = 32 * 1024 * 1024;

/** Under its name only when all of it is there. */
const save = async (context: Context, bytes: AsyncIterable<Uint8Array>, output: string): Promise<void> => {
  const path = resolve(context.io.cwd, output);
  const draft = `${path}.part`;
  let size = 0;
  try {
    const file = await open(draft, 'w');
    try {
      for await (const piece of bytes) {
        await file.writeFile(piece);
        const before = size;
        size += piece.length;
        const hasStepped = Math.floor(before / stepBytes) < Math.floor(size / stepBytes);
        if (hasStepped && !context.json) await context.note(`${Math.floor(size / 1024 / 1024)} MiB …`);
      }
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw new Failure('general', {
      happened: 'The patch cannot be written',
      detail: cause.message,
      remedy: 'Name a file that can be written with --output.',
      cause,
    });
  }
  await context.show({ path, bytes: size }, () =>
    size === 0
      ? ['Nothing changed: the patch is empty.']
      : [`Wrote ${size} bytes to ${path}`, `Apply it in a clone: git am --keep-cr -- ${shellWord(path)}`],
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
