import { spawn } from 'node:child_process';
import type { Io } from '../io.ts';

/** A program that shows what is written to it page by page. */
export interface Pager {
  /** Resolves when it was taken, also when the person has left already. */
  write(text: string): Promise<void>;
  /** Whether the person has left it. */
  readonly isLeft: boolean;
  /** No more comes; resolves when the person has left. */
  close(): Promise<void>;
}

/**
 * The pager a person wants, as words of a command line: that of `AH_PAGER`, of `PAGER`, else less. Undefined where none is
 * wanted: an empty value, or `cat`. It is started as it stands here, by no shell.
 */
export const pagerOf = (env: Io['env']): readonly string[] | undefined => {
  const words = (env.AH_PAGER ?? env.PAGER ?? 'less').split(/\s+/).filter((word) => word !== '');
  return words.length === 0 || (words.length === 1 && words[0] === 'cat') ? undefined : words;
};

/** Starts a pager on the terminal; undefined when there is no such program. */
export const startPager = async (
  [program = '', ...args]: readonly string[],
  env: Io['env'],
): Promise<Pager | undefined> => {
  // Colours are shown, what fits on one screen is only printed, and it stays there: as git has it.
  const child = spawn(program, args, {
    env: { ...env, LESS: env.LESS ?? 'FRX', LV: env.LV ?? '-c' },
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const isStarted = await new Promise<boolean>((resolve) => {
    child.once('spawn', () => resolve(true));
    child.once('error', () => resolve(false));
  });
  if (!isStarted) return undefined;
  // Ctrl-C belongs to the pager while it is shown; it ends when the person leaves it.
  const wait = () => undefined;
  process.on('SIGINT', wait);
  let isLeft = false;
  child.stdin.on('error', () => {
    isLeft = true;
  });
  void ended.then(() => {
    isLeft = true;
    process.off('SIGINT', wait);
  });
  return {
    get isLeft() {
      return isLeft;
    },
    write: (text) =>
      new Promise((resolve) => {
        if (isLeft) return resolve();
        child.stdin.write(text, () => resolve());
        void ended.then(resolve);
      }),
    async close() {
      child.stdin.end();
      await ended;
    },
  };
};
