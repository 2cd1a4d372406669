import type { Context } from '../context.ts';
import { type ExitReason, exitCodes } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { sizeText } from '../render/size.ts';
import { catchInterrupts } from '../serve.ts';

export interface Carrying {
  readonly progress: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Does work with a backup: tells how far it is when it takes long, gives it up on Ctrl-C, says why it failed. */
export const carry = async <Result>(
  context: Context,
  what: string,
  work: (door: typeof import('@agent-harbor/server/start'), carrying: Carrying) => Promise<Result>,
): Promise<Result> => {
  const signal = catchInterrupts(context);
  const door = await import('@agent-harbor/server/start');
  let bytes = 0;
  context.doing(what);
  try {
    return await work(door, {
      signal,
      progress: (more) => {
        bytes += more;
        context.doing(`${what}, ${sizeText(bytes)}`);
      },
    });
  } catch (error) {
    if (!(error instanceof door.BackupFailure)) throw error;
    const { kind, message } = error;
    throw new Failure(reasons[kind], {
      happened: happened(what, kind),
      detail: message,
      remedy: remedies[kind],
      cause: error,
    });
  }
};

type Kind = 'damaged' | 'refused' | 'interrupted';

const happened = (what: string, kind: Kind): string =>
  kind === 'damaged'
    ? `${what} found damage`
    : kind === 'refused'
      ? `${what} is refused`
      : `${what} was given up`;

const reasons: Readonly<Record<Kind, ExitReason>> = {
  damaged: 'general',
  refused: 'validation',
  interrupted: 'interrupted',
};

const remedies: Readonly<Record<Kind, string | undefined>> = {
  damaged: 'Use another backup; this one cannot be trusted.',
  refused: undefined,
  interrupted: 'Nothing was changed.',
};

/** Said in help texts. */
export const exitCodesHelp = `Exit code 0: done; ${exitCodes.general}: a file is damaged; ${exitCodes.validation}: it is refused; ${exitCodes.interrupted}: it was interrupted.`;
