import type { Io, Output } from './io.ts';
import { fit } from './terminal/text.ts';

/** Silence a person does not wonder about, and how often the line is written anew from then on. */
const everyMs = 1000;

/** Tells a person who waits that work goes on: one line on standard error, gone before anything else is written. */
export interface Progress {
  /** The process, whose output takes the line away first. */
  readonly io: Io;
  /** Names the work, or how far it is. Without output for a second the line is there. */
  doing(what: string): void;
  /** Takes the line away. */
  end(): Promise<void>;
}

/** `isWanted` is false where a program reads; nothing is told where standard error is no terminal. */
export const createProgress = (io: Io, isWanted: boolean): Progress => {
  const { stderr } = io;
  if (!isWanted || stderr.isTTY !== true) return { io, doing: () => undefined, end: async () => undefined };
  let what = '';
  let seconds = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  let cleared: Promise<void> = Promise.resolve();
  // Whether anybody reads it or not, it does not decide how the command ends.
  const write = (text: string) => stderr.write(text).catch(() => undefined);
  const end = (): Promise<void> => {
    clearInterval(timer);
    timer = undefined;
    if (seconds > 0) cleared = write(clearLine);
    seconds = 0;
    return cleared;
  };
  const after = (output: Output): Output => ({
    get isTTY() {
      return output.isTTY;
    },
    get columns() {
      return output.columns;
    },
    // Writes keep their order: each waits for the same promise.
    write: (text) => end().then(() => output.write(text)),
  });
  return {
    io: {
      stdout: after(io.stdout),
      stderr: after(stderr),
      readStdin: io.readStdin,
      readStdinBytes: io.readStdinBytes,
      seat: io.seat,
      openPager: () => end().then(io.openPager),
      env: io.env,
      cwd: io.cwd,
      program: io.program,
      // Asked for when it is wanted only: to look at it is to catch signals.
      get interrupted() {
        return io.interrupted;
      },
    },
    doing(next) {
      what = next;
      timer ??= setInterval(() => {
        seconds += 1;
        void write(`${clearLine}${fit(`${what} … ${seconds} s`, (stderr.columns || usualColumns) - 1)}`);
      }, everyMs);
    },
    end,
  };
};

/** Of a terminal that does not tell its width, or tells none. */
const usualColumns = 80;

const clearLine = '\r\u001b[K';
