import { randomBytes } from 'node:crypto';
import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where clients on this machine find the key. */
export const keyFileIn = (stateDir: string): string => join(stateDir, 'api-key');

/**
 * The host's own key: made at the first start, readable by its user alone, the same from then on. It is written under
 * another name and then linked, so that two servers starting at once agree and nobody reads half a key.
 */
export const hostKey = async (stateDir: string): Promise<string> => {
  const file = keyFileIn(stateDir);
  const known = await readKey(file);
  if (known !== undefined) return known;
  const fresh = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(fresh, `ah_${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(fresh, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(fresh, { force: true });
  }
  const key = await readKey(file);
  if (key === undefined)
    throw new Error(`The key file ${file} is empty: remove it, and the next start makes a new key.`);
  return key;
};

/** A key that others could read is closed to them before it is used. */
const readKey = async (file: string): Promise<string | undefined> => {
  try {
    await chmod(file, 0o600);
    const key = (await readFile(file, 'utf8')).trim();
    return key === '' ? undefined : key;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
};

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
