import { buffer, text } from 'node:stream/consumers';
import type { Io } from './io.ts';
import { outputOf } from './stream-output.ts';
import { pagerOf, startPager } from './terminal/pager.ts';
import { terminalSeat } from './terminal/seat.ts';

/** The process itself. */
export const processIo = (): Io => {
  const leaving = new AbortController();
  let isCaught = false;
  /** Catches signals from the first command on that asks for it; for the others a signal is simply the end. */
  const catchSignals = () => {
    isCaught = true;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        // Whoever asks twice does not want to wait for a tidy end.
        if (leaving.signal.aborted) process.exit(130);
        leaving.abort();
      });
    }
  };
  return {
    stdout: outputOf(process.stdout, leaving.signal),
    stderr: outputOf(process.stderr, leaving.signal),
    readStdin: () => text(process.stdin),
    readStdinBytes: () => buffer(process.stdin),
    seat:
      process.stdin.isTTY && process.stdout.isTTY ? terminalSeat(process.stdin, process.stdout) : undefined,
    async openPager() {
      const command = process.stdout.isTTY ? pagerOf(process.env) : undefined;
      return command && startPager(command, process.env);
    },
    env: process.env,
    cwd: process.cwd(),
    program: [
      process.execPath,
      ...process.execArgv.filter((flag) => flag.startsWith('--conditions=')),
      ...process.argv.slice(1, 2),
    ],
    get interrupted() {
      if (!isCaught) catchSignals();
      return leaving.signal;
    },
  };
};
