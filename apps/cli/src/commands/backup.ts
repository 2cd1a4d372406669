import { resolve } from 'node:path';
import { z } from 'zod';
import { carry, exitCodesHelp } from '../backup/carry.ts';
import { defineCommand, withCommon } from '../flags.ts';
import { sizeText } from '../render/size.ts';
import { withSettings } from '../settings/setting-flags.ts';
import { clientSettings } from '../settings/table.ts';
import { paint } from '../terminal/text.ts';

const stateDir = { ...clientSettings.stateDir, about: 'the state directory to back up' };

export const backup = defineCommand({
  flags: z.object({ verify: z.boolean().default(false) }),
  declare: (command) =>
    withCommon(withSettings(command, [stateDir]))
      .description(
        'Backs up the state of the server of this machine, also while it runs, or checks a backup.',
      )
      .argument('<dir>', 'where the backup shall be: a directory that is not there yet')
      .option('--verify', 'check the backup that is there instead')
      .addHelpText(
        'after',
        `
A backup is of one moment: the database, the key of this host, and what git keeps for sessions. It has its
name only once all of it was read again and found whole; until then, and after a failure, there is nothing. Journals
and workspaces are not in it. It holds secrets: keep it as you keep the state directory.

${exitCodesHelp}

Examples:
  $ ah backup /srv/backups/monday
  $ ah backup /srv/backups/monday --verify
  $ ah backup "/srv/backups/$(date +%F)" --json`,
      ),
  run: async (context, [operand = ''], { verify }) => {
    const directory = resolve(context.io.cwd, operand);
    const settings = await context.settings();
    const manifest = await carry(context, verify ? 'The check' : 'The backup', (door, carrying) =>
      verify ? door.verifyBackup(directory, carrying) : door.backUp(settings.stateDir, directory, carrying),
    );
    const { at, release, epoch, position, bytes, files } = manifest;
    const report = { directory, verified: true, at, release, epoch, position, bytes, files: files.length };
    await context.show(report, () => [
      [
        paint('green', '●'),
        ` ${verify ? 'The backup is whole:' : 'Backed up to'} `,
        paint('bold', directory),
      ],
      `  ${sizeText(bytes)} in ${files.length} files, of ${at}, up to event ${epoch}-${position}`,
    ]);
    return undefined;
  },
});
