import { once } from 'node:events';
import type { Context } from './command.ts';

/** A server that was started, as both kinds tell about themselves. */
export interface Running {
  readonly url: string;
  readonly pid: number;
  readonly stateDir: string;
  readonly keyFile: string;
  close(): Promise<void>;
}

/** Tells where a server is, serves until somebody ends it, and closes it in good order. */
export const serveUntilInterrupted = async (
  context: Context,
  what: string,
  server: Running,
): Promise<void> => {
  const { url, pid, stateDir, keyFile } = server;
  try {
    if (context.json) {
      context.printJson({ url, pid, stateDir, keyFile });
    } else {
      context.print(`${context.style('green', '●')} ${what} serves ${context.style('bold', url)}`);
      context.print(`  API            ${url}/api/docs`);
      context.print(`  key file       ${keyFile}`);
      context.print('  Ctrl-C stops it.');
    }
    await untilInterrupted(context);
  } finally {
    if (!context.json) context.io.stderr.write('Stopping …\n');
    await server.close();
  }
};

/** Resolves on Ctrl-C or a polite kill. */
export const untilInterrupted = async ({ io }: Context): Promise<void> => {
  const { interrupted } = io;
  if (!interrupted.aborted) await once(interrupted, 'abort');
};
