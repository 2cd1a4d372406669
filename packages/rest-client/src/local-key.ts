import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '@agent-harbor/core/problem';
import type { Credential } from './credential.ts';

/** The parts of a host that decide where state lies. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

const thisHost = (): Host => ({ env: process.env, platform: process.platform, home: homedir() });

/** Where the server of this user keeps its state when nothing else is said: `AH_HOME`, else the platform's place. */
export const stateDirectory = ({ env, platform, home }: Host = thisHost()): string => {
  if (env.AH_HOME) return env.AH_HOME;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'agent-harbor');
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'agent-harbor');
  return join(env.XDG_STATE_HOME || join(home, '.local', 'state'), 'agent-harbor');
};

/** Where the server of this machine listens unless it was told otherwise. */
export const defaultBase = 'http://127.0.0.1:3001';

/** The key file of the server that keeps its state there. */
export const keyFile = (stateDir: string): string => join(stateDir, 'api-key');

/** The local key of that state directory; undefined when there is none. Rejects with `unauthorized`. */
export const readLocalKey = async (stateDir: string): Promise<Credential | undefined> => {
  try {
    const apiKey = (await readFile(keyFile(stateDir), 'utf8')).trim();
    return apiKey === '' ? undefined : { apiKey };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    const detail = `${keyFile(stateDir)} cannot be read: ${error instanceof Error ? error.message : error}.`;
    throw new Problem('unauthorized', { detail, cause: error });
  }
};

/** Whether a url stays on this machine: the local key is sent nowhere else. */
export const isLoopback = (base: string): boolean => {
  const host = URL.canParse(base) ? new URL(base).hostname : '';
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host)
  );
};
