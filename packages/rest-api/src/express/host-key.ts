import { randomBytes } from 'node:crypto';
import { chmod, link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where clients on this machine find the key. */
export const keyFileIn = (stateDir: string): string => join(stateDir, 'api-key');

/**
 * The host's own key: made at the first start, readable by its user alone, the same from then on. It is written under
 * another name and then linked, so that two servers starting at once agree and nobody reads half a key; and it is on
 * the disk before it has its name, so that a power cut does not leave an empty one.
 */
export const hostKey = async (stateDir: string): Promise<string> => {
  const file = keyFileIn(stateDir);
  const known = await readKey(file);
  if (known !== undefined) return known;
  const fresh = `${file}.${randomBytes(6).toString('hex')}`;
  await writeSynced(fresh, `ah_${randomBytes(32).toString('base64url')}\n`);
  try {
    await link(fresh, file);
    await syncDirectory(stateDir);
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

const writeSynced = async (file: string, text: string): Promise<void> => {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Makes the names in a directory durable. Windows cannot, and need not. */
const syncDirectory = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
