import { z } from 'zod';
import { defineCommand, withCommon, withServer } from '../../flags.ts';

export const record = defineCommand({
  flags: z.object({ name: z.string().min(1).max(255).optional() }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Prints a session as a scenario that replays to the same events.')
      .argument('<session>', 'its id, the beginning of it, or "latest"')
      .option('--name <name>', 'what the scenario is called (after the session)')
      .addHelpText(
        'after',
        `
Times, sequence numbers and ids aside the replay is the same. What cannot be brought back is said on standard error.

Examples:
  $ ah scenario record latest > mine.yaml && ah scenario play mine.yaml --speed 0.1
  $ ah scenario record 01JD --name login-bug > scenarios/login-bug.yaml`,
      ),
  run: async (context, [named = ''], { name }) => {
    const { recordSession } = await import('../../scenario/record.ts');
    await recordSession(context, named, name);
    return undefined;
  },
});
