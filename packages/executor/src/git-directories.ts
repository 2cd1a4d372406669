import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The directories below a state directory in which git keeps what belongs into a backup, with slashes: the copies of
 * repositories, and the repository of each session with its commits.
 */
export const gitDirectories = async (stateDir: string): Promise<readonly string[]> => {
  const caches = (await namesIn(join(stateDir, 'cache'))).filter((name) => name.endsWith('.git'));
  const sessions = (await namesIn(join(stateDir, 'sessions'))).filter((id) =>
    existsSync(join(stateDir, 'sessions', id, 'git')),
  );
  return [...caches.map((name) => `cache/${name}`), ...sessions.map((id) => `sessions/${id}/git`)];
};

const namesIn = async (path: string): Promise<string[]> =>
  existsSync(path) ? (await readdir(path)).sort() : [];
