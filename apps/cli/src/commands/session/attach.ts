import { z } from 'zod';
import { type Left, attach as sitDown } from '../../attach.ts';
import type { Context } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exit-code.ts';
import { Failure, usageFailure } from '../../failure.ts';
import { findSession } from '../../find-session.ts';
import { defineCommand, withCommon, withServer } from '../../flags.ts';
import { readKeys } from '../../terminal/detach-keys.ts';

const usualKeys = 'ctrl-]';

const Flags = z.object({
  readOnly: z.boolean().optional(),
  detachKeys: z.string().default(usualKeys),
});

export const attach = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description(
        'Sits down at the terminal an agent runs in: what it shows is shown, what you type gets to it.',
      )
      .argument('<session>', 'its id, the beginning of it, its branch, or "latest"')
      .option('--read-only', 'watch only: nothing you type gets to it, and it keeps its size')
      .option('--detach-keys <keys>', 'what to press to leave it running (ctrl-]); several as ctrl-p,ctrl-q')
      .addHelpText(
        'after',
        `
The agent goes on when you leave. It has a terminal when it was launched with one:
  $ ah task --prompt "A shell" --agent command --setting terminal=true -- bash

Examples:
  $ ah session attach latest
  $ ah session attach shop/agent/fix --read-only
  $ ah session attach 01JD --detach-keys ctrl-p,ctrl-q`,
      ),
  run: async (context, [name = ''], flags) => {
    const { io } = context;
    const detach = readKeys(flags.detachKeys);
    if (detach === undefined) {
      throw usageFailure(`--detach-keys: ${flags.detachKeys} are no keys.`, 'Write them as ctrl-p,ctrl-q.');
    }
    if (io.seat === undefined) {
      throw new Failure('validation', {
        happened: 'This is no terminal: nobody could type, and nothing could show what the session shows',
        remedy: 'Run it in a terminal; `ah session logs --follow` has the lines as text.',
      });
    }
    const client = await context.client();
    const sessionId = await findSession(client, name);
    const watching = flags.readOnly === true;
    await context.note(
      `${watching ? 'Watching' : 'Attached to'} ${sessionId}. Press ${detach.name} to leave it running.`,
    );
    const left = await sitDown({
      terminals: client.terminals,
      sessionId,
      seat: io.seat,
      output: io.stdout,
      detach,
      readOnly: watching,
      interrupted: io.interrupted,
    });
    return tell(context, sessionId, left);
  },
});

const tell = async (context: Context, sessionId: string, left: Left): Promise<ExitCode | undefined> => {
  if (left.how === 'interrupted') return exitCodes.interrupted;
  if (left.how === 'detached') {
    await context.note('', `Detached from ${sessionId}, which goes on.`);
    return undefined;
  }
  const how = left.signal ?? (left.exitCode === undefined ? undefined : `code ${left.exitCode}`);
  await context.note('', `The program in the terminal has ended${how === undefined ? '' : ` with ${how}`}.`);
  return undefined;
};
