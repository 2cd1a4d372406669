import type { FilePreview } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { usageFailure } from '../../failure.ts';
import { findSession } from '../../find-session.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { sizeText } from '../../render/size.ts';
import { reveal } from '../../terminal/clean.ts';
import { paint, type Text } from '../../terminal/text.ts';

const Flags = z.object({ lines: wholeNumber(1, 50).default(20) });

export const preview = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description('Shows the beginning of a file of the workspace of a session, and what it is.')
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .argument('<file>', 'by its path in the workspace')
      .option('--lines <number>', 'how many lines are shown (20, at most 50)')
      .addHelpText('after', '\nExamples:\n  $ ah session preview latest src/main.ts --lines 50'),
  run: async (context, [name = '', file = ''], { lines }) => {
    if (file === '') throw usageFailure('Give the path of a file.');
    const client = await context.client();
    const sessionId = await findSession(client, name);
    const found = await client.workspaces.filePreview(sessionId, file, {
      max_lines: lines,
      max_bytes: 10_000,
    });
    await context.show(found, () => linesOf(found));
  },
});

const linesOf = (found: FilePreview): readonly Text[] => {
  const { image, lines, language, encoding, mime_type, size_bytes } = found;
  const size = image?.width == null ? '' : `, ${image.width}×${image.height}`;
  const what = found.is_binary
    ? `${mime_type}${size}`
    : `${language}, ${encoding}${lines === null ? '' : `, ${lines} lines`}`;
  return [
    paint('dim', `${reveal(found.path)}: ${what}, ${sizeText(size_bytes)}`),
    ...(found.is_binary ? [] : found.content_preview.split('\n').map((line): Text => reveal(line))),
    ...(found.is_truncated ? [paint('dim', '…')] : []),
  ];
};
