import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { throwIfAborted } from '@agent-harbor/core/problem';

/**
 * Gives a repository all objects of another, so that it depends on it in nothing. `link` shares the files: only
 * between repositories that we alone write to, because git never changes an object file. `copy` copies them, cheaply
 * where the file system can.
 */
export const copyObjects = async (
  from: string,
  to: string,
  how: 'link' | 'copy',
  signal?: AbortSignal,
): Promise<void> => {
  const source = join(from, 'objects');
  const target = join(to, 'objects');
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    throwIfAborted(signal);
    const path = join(entry.parentPath, entry.name);
    // A fetch that was cut off leaves temporary files; what is borrowed elsewhere stays there.
    if (!entry.isFile() || /^(?:tmp_|\.tmp-)|\.lock$/.test(entry.name) || entry.name === 'alternates')
      continue;
    const copy = join(target, path.slice(source.length + 1));
    await mkdir(dirname(copy), { recursive: true });
    if (how === 'link' && (await linked(path, copy))) continue;
    await copyFile(path, copy, constants.COPYFILE_FICLONE);
  }
  await copyFile(join(from, 'shallow'), join(to, 'shallow')).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  });
};

/** Not every file system has links, and none links across devices. */
const linked = (path: string, copy: string): Promise<boolean> =>
  link(path, copy).then(
    () => true,
    () => false,
  );
