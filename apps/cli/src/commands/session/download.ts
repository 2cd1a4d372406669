import { z } from 'zod';
import { usageFailure } from '../../failure.ts';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { sizeText } from '../../render/size.ts';
import { saveBytes } from '../../save-bytes.ts';
import { shellWord } from '../../terminal/shell-word.ts';

const Flags = z.object({ output: z.string().min(1).optional() });

export const download = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description('Downloads the workspace of a session as tar.gz, without what git ignores.')
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .argument('[path]', 'only this file or folder')
      .option('-o, --output <file>', 'where it goes; - for standard output (<session>.tar.gz)')
      .addHelpText(
        'after',
        `
The files are of the moment it begins. Names begin with the id of the session, whatever is downloaded.

Examples:
  $ ah session download latest
  $ ah session download latest src --output src.tar.gz
  $ ah session download 01JD --output - | tar -xz --strip-components=1`,
      ),
  run: async (context, [name = '', path], { output }) => {
    const { stdout, interrupted: signal } = context.io;
    if (output === '-' && (context.json || stdout.isTTY === true)) {
      throw usageFailure('--output - is for a pipe: name a file instead.');
    }
    const client = await context.client();
    const sessionId = await findSession(client, name);
    context.doing('Packing the files');
    const bytes = await client.workspaces.download(sessionId, { path }, { signal });
    if (output === '-') {
      for await (const piece of bytes) await stdout.write(piece);
      return;
    }
    const saved = await saveBytes(context, bytes, output ?? `${sessionId}.tar.gz`, 'The archive');
    await context.show(saved, () => [
      `Wrote ${sizeText(saved.bytes)} to ${saved.path}`,
      `Unpack it: tar -xzf ${shellWord(saved.path)}`,
    ]);
  },
});
