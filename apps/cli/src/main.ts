import { text } from 'node:stream/consumers';
import { run } from './run.ts';

let controller: AbortController | undefined;

/** Catches signals from the first command on that asks for it; for the others a signal is simply the end. */
const interruptible = (): AbortSignal => {
  if (controller !== undefined) return controller.signal;
  const caught = new AbortController();
  controller = caught;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait for a tidy end.
      if (caught.signal.aborted) process.exit(130);
      caught.abort();
    });
  }
  return caught.signal;
};

// `ah … | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// A command may wait on nothing that keeps a process alive by itself: the timers of a server that does not listen yet.
const alive = setInterval(() => undefined, 2 ** 30);
process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  readStdin: () => text(process.stdin),
  env: process.env,
  cwd: process.cwd(),
  get interrupted() {
    return interruptible();
  },
});
clearInterval(alive);
