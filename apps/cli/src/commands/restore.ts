import { resolve } from 'node:path';
import { z } from 'zod';
import { carry, exitCodesHelp } from '../backup/carry.ts';
import { defineCommand, withCommon } from '../flags.ts';
import { programHere } from '../here-flags.ts';
import { sizeText } from '../render/size.ts';
import { withSettings } from '../settings/setting-flags.ts';
import { clientSettings } from '../settings/table.ts';
import { shellWord } from '../terminal/shell-word.ts';
import { paint } from '../terminal/text.ts';

const stateDir = { ...clientSettings.stateDir, about: 'where it is brought to' };

export const restore = defineCommand({
  flags: z.object({ replace: z.boolean().default(false) }),
  declare: (command) =>
    withCommon(withSettings(command, [stateDir]))
      .description('Brings a backup into a state directory that no server holds.')
      .argument('<dir>', 'the backup')
      .option('--replace', 'move the database that is there aside; sessions, key and settings stay')
      .addHelpText(
        'after',
        `
All of the backup is checked before anything is changed. The log gets another epoch, so that every reader learns that
what came after the backup may be missing: event ids from before lead to resync. With --replace recorders that
live go on, and the next server takes from their journals what the backup lacks.

${exitCodesHelp}

Examples:
  $ ah restore /srv/backups/monday --state-dir /var/lib/agent-harbor
  $ ah restore /srv/backups/monday --replace`,
      ),
  run: async (context, [operand = ''], { replace }) => {
    const directory = resolve(context.io.cwd, operand);
    const settings = await context.settings();
    const to = settings.stateDir;
    const restored = await carry(context, 'The restore', (door, carrying) =>
      door.restore(directory, to, { ...carrying, replace }),
    );
    const { manifest, epoch, aside, key, unknownSessions } = restored;
    const { at, bytes, position } = manifest;
    const report = {
      directory,
      stateDir: to,
      at,
      bytes,
      epoch,
      previousEpoch: manifest.epoch,
      position,
      aside,
      key,
      unknownSessions,
    };
    await context.show(report, () => [
      [paint('green', '●'), ' Restored ', paint('bold', to)],
      `  ${sizeText(bytes)} of ${at}, up to event ${epoch}-${position}`,
      `  Readers that come back with an id of before (${manifest.epoch}-…) are told to resync.`,
      ...(aside === null
        ? []
        : [`  The database of before lies in ${aside}; remove it when you do not need it.`]),
      key === 'restored'
        ? '  The key of the host is that of the backup.'
        : '  The key of the host is the one that was there.',
      ...(unknownSessions.length === 0
        ? []
        : [
            `  ${unknownSessions.length} of the sessions with files here are younger than the backup; the server does not know them:`,
            ...unknownSessions.slice(0, 10).map((id) => `    sessions/${id}`),
          ]),
      `  Next: ${[...programHere(context), 'agent', 'access-point', '--state-dir', to].map(shellWord).join(' ')}`,
    ]);
    return undefined;
  },
});
