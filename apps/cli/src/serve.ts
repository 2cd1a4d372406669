import { once } from 'node:events';
import type { Context } from './context.ts';
import { paint } from './terminal/text.ts';

/** A server that was started, as both kinds tell about themselves. */
export interface Running {
  readonly url: string;
  readonly pid: number;
  readonly stateDir: string;
  readonly keyFile: string;
  /** Where the metrics are read without a key, if anywhere. */
  readonly metricsUrl?: string | undefined;
  close(): Promise<void>;
}

/** Starts a server, tells where it is, serves until somebody ends it, and closes it in good order. */
export const serveUntilInterrupted = async (
  context: Context,
  what: string,
  start: () => Promise<Running>,
  /** What else there is to know of it, a name of at most 14 letters and what it is. */
  more: (server: Running) => readonly (readonly [name: string, what: string])[] = () => [],
): Promise<void> => {
  catchInterrupts(context);
  const server = await start();
  const { url, pid, stateDir, keyFile, metricsUrl } = server;
  try {
    if (context.json) {
      await context.printJson({ url, pid, stateDir, keyFile, metricsUrl });
    } else {
      await context.print(
        [paint('green', '●'), ` ${what} serves `, paint('bold', url)],
        `  API            ${url}/api/docs`,
        `  key file       ${keyFile}`,
        ...(metricsUrl === undefined ? [] : [`  metrics        ${metricsUrl}`]),
        ...more(server).map(([name, text]) => `  ${name.padEnd(14)} ${text}`),
        '  Ctrl-C stops it.',
      );
    }
    await untilInterrupted(context);
  } finally {
    if (!context.json) await context.note('Stopping …');
    await server.close();
  }
};

/** From here on an interrupt is noted and acted on in good order, also one that comes while a server starts. */
export const catchInterrupts = ({ io }: Context): AbortSignal => io.interrupted;

/** Resolves on Ctrl-C or a polite kill. */
export const untilInterrupted = async ({ io }: Context): Promise<void> => {
  const { interrupted } = io;
  if (!interrupted.aborted) await once(interrupted, 'abort');
};
