import { Problem } from '@agent-harbor/core/problem';
import type { Context } from './context.ts';
import { Failure } from './failure.ts';
import { programCommands } from './programs/locate.ts';
import type { Running } from './serve.ts';
import { configure } from './settings/configure.ts';

/** Starts the access point as the settings say. Fails with who is in the way, and what to do. */
export const startAccessPoint = async (context: Context): Promise<Running> => {
  const settings = await context.settings();
  const { startServer, ServerConfig } = await import('@agent-harbor/server/start');
  const { stateDir, apiKey } = settings;
  const config = configure(settings, 'server', ServerConfig, { stateDir, apiKey, ...programCommands() });
  return startServer(config).catch((error: unknown) => {
    throw asFailureToStart(error);
  });
};

/** The words of these problems are for callers of a server, and there is none yet: their detail says it all. */
export const asFailureToStart = (error: unknown): unknown => {
  if (!(error instanceof Problem)) return error;
  const { code, detail } = error;
  const words = { happened: 'The server cannot start', detail, cause: error };
  if (code === 'not-ready') return new Failure('network', words);
  return code === 'forbidden' ? new Failure('config', words) : error;
};
