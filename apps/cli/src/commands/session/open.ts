import { Ide, type IdeLink } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { usageFailure } from '../../failure.ts';
import { findSession } from '../../find-session.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { shellWord } from '../../terminal/shell-word.ts';
import { paint, type Text } from '../../terminal/text.ts';

const Flags = z.object({
  file: z.string().min(1).optional(),
  line: wholeNumber(1, 10_000_000).optional(),
  sshHost: z.string().min(1).optional(),
});

export const open = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description('Tells how to open an editor on the workspace of a session; it starts none.')
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .argument('[ide]', `${Ide.options.join(', ')} (vscode)`)
      .option('--file <path>', 'show this file of the workspace')
      .option('--line <number>', 'show this line of it')
      .option(
        '--ssh-host <host>',
        'the host of the executor, or user@host, by which SSH reaches it from here',
      )
      .addHelpText(
        'after',
        `
The files lie on the host of the executor. Without --ssh-host the command works on that host only.

Examples:
  $ ah session open latest
  $ ah session open latest zed --ssh-host me@build-1
  $ ah session open latest neovim --file src/main.ts --line 12
  $ eval "$(ah session open latest cursor --json | jq -r '.local.command | @sh')"`,
      ),
  run: async (context, [name = '', wanted = 'vscode'], { file, line, sshHost }) => {
    const ide = Ide.safeParse(wanted);
    if (!ide.success) throw usageFailure(`${wanted} is no editor: take one of ${Ide.options.join(', ')}.`);
    if (line !== undefined && file === undefined) throw usageFailure('--line is a line of a --file.');
    const client = await context.client();
    const sessionId = await findSession(client, name);
    const wish = { ide: ide.data, file, line, ssh_host: sshHost };
    const link = await client.workspaces.openIde(sessionId, wish);
    await context.show(link, () => linesOf(link));
  },
});

const linesOf = ({ local, remote, note }: IdeLink): readonly Text[] => {
  const { url, command } = remote ?? local;
  return [command.map(shellWord).join(' '), ...(url === null ? [] : [url]), paint('dim', note)];
};
