import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { Problem } from '@agent-harbor/core/problem';

/** A file of a tree, opened for reading. */
export interface OpenedFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/**
 * Opens a regular file below a directory whose content is hostile. Links are followed as long as they stay inside and
 * out of `.git`; everything else is `file-not-found`, also when a link is exchanged while we look: what is judged is
 * where the opened file really is.
 */
export const openInside = async (root: string, path: string): Promise<OpenedFile> => {
  const refuse = (cause?: unknown) => notThere(path, cause);
  const segments = segmentsOf(path);
  // The tree itself could have been replaced by a link: only what leads to it is resolved.
  const realRoot = await realpath(dirname(root)).then(
    (parent) => join(parent, basename(root)),
    (cause: unknown) => Promise.reject(refuse(cause)),
  );
  const real = await realpath(join(realRoot, ...segments)).catch((cause: unknown) =>
    Promise.reject(refuse(cause)),
  );
  if (!isInside(realRoot, real)) throw refuse();
  // Without waiting for a writer of a pipe; what is no file is refused below.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(real, flags).catch((cause: unknown) => Promise.reject(refuse(cause)));
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || !(await isWhere(handle, stats, realRoot, real))) throw refuse();
    return { handle, stats };
  } catch (error) {
    await handle.close();
    throw error;
  }
};

/** The parts of a path as callers write it: relative, with `/`, none of them special. */
export const segmentsOf = (path: string): readonly string[] => {
  const segments = path.split('/');
  const isPlain = segments.every(
    (segment) =>
      segment !== '' &&
      segment !== '.' &&
      segment !== '..' &&
      !segment.includes('\0') &&
      !/^\.git$/i.test(segment) &&
      !(sep === '\\' && /[\\:]/.test(segment)),
  );
  if (!isPlain) throw notThere(path);
  return segments;
};

/** Whether a path may stand for a name that is no UTF-8, which cannot be said: its foreign bytes read as U+FFFD. */
export const isLossy = (path: string): boolean => path.includes('\ufffd');

export const notThere = (path: string, cause?: unknown): Problem =>
  new Problem('file-not-found', { detail: `The workspace has no file ${JSON.stringify(path)}.`, cause });

const isInside = (root: string, path: string): boolean =>
  path.startsWith(root + sep) &&
  !path
    .slice(root.length)
    .split(sep)
    .some((segment) => /^\.git$/i.test(segment));

/** Linux says where an open file is; elsewhere the name is resolved once more and has to lead to the same file. */
const isWhere = async (handle: FileHandle, stats: Stats, root: string, real: string): Promise<boolean> => {
  if (process.platform === 'linux') {
    const place = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
    if (place !== undefined) return isInside(root, place);
  }
  const again = await realpath(real).catch(() => '');
  if (!isInside(root, again)) return false;
  const second = await open(again, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(() => undefined);
  try {
    const found = await second?.stat();
    return found?.ino === stats.ino && found.dev === stats.dev;
  } finally {
    await second?.close();
  }
};
