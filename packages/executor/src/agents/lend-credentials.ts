import { existsSync } from 'node:fs';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Environment } from './agent-environment.ts';

/** The home directory of whoever runs this host. */
export const homeOf = (environment: Environment): string => environment.HOME ?? environment.USERPROFILE ?? '';

/**
 * Lets an agent find files of the user's home in its own: by a link, because what is renewed must be renewed for both.
 * A file that is not there is not lent, one that is lent already stays.
 */
export const lendCredentials = async (
  files: readonly string[] = [],
  from: string,
  to: string,
): Promise<void> => {
  for (const file of files) {
    const [source, place] = [join(from, file), join(to, file)];
    if (from === '' || !existsSync(source) || existsSync(place)) continue;
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    // Windows lets not everybody make links.
    await symlink(source, place).catch(() => copyFile(source, place));
  }
};
