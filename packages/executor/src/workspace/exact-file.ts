import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What there is by a name in a hostile tree. */
export type Exact =
  /** Nothing, or nothing git stores. */
  | { readonly kind: 'gone' }
  /** A file that we may not read. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'link'; readonly stats: BigIntStats; readonly bytes: Buffer }
  | { readonly kind: 'small'; readonly stats: BigIntStats; readonly bytes: Buffer }
  /** Whoever gets it closes it. */
  | { readonly kind: 'large'; readonly stats: BigIntStats; readonly handle: FileHandle };

/** A larger one is not read whole. */
const smallBytes = 64 * 1024;

/** The name under which files of a tree are opened: whatever leads to the tree itself is not the agent's doing. */
export const exactRoot = async (tree: string): Promise<string> =>
  join(await realpath(dirname(tree)), basename(tree));

/**
 * Reads what has this name below a root, byte for byte, no link on the way to it. Git opens a file by its path some time
 * after it has looked at it; an agent that puts a link into that path meanwhile would be shown any file of this host as a
 * change of its own. Here a file counts only when the system says that what was opened is where it should be. Its facts
 * are those of the open file from before it was read, so what is written to it meanwhile makes it look changed.
 */
export const readExact = async (root: string, name: Buffer): Promise<Exact> => {
  const opened = await openExact(root, name, constants.O_NONBLOCK ?? 0);
  if (!('fd' in opened)) return opened.kind === 'link' ? readLink(root, name) : { kind: opened.kind };
  let isKept = false;
  try {
    const stats = await opened.stat({ bigint: true });
    if (!stats.isFile()) return gone;
    if (stats.size > smallBytes) {
      isKept = true;
      return { kind: 'large', stats, handle: opened };
    }
    const size = Number(stats.size);
    const { buffer, bytesRead } = await opened.read(Buffer.allocUnsafeSlow(size), 0, size, 0);
    return { kind: 'small', stats, bytes: buffer.subarray(0, bytesRead) };
  } finally {
    if (!isKept) await opened.close();
  }
};

const gone = { kind: 'gone' } as const;

const readLink = async (root: string, name: Buffer): Promise<Exact> => {
  const slash = name.lastIndexOf('/');
  const parent = await openExact(root, name.subarray(0, Math.max(0, slash)), constants.O_DIRECTORY ?? 0);
  if (!('fd' in parent)) return gone;
  try {
    const place = hasPlaces
      ? Buffer.concat([Buffer.from(`${placeOf(parent)}/`), name.subarray(slash + 1)])
      : pathBelow(root, name);
    const stats = await lstat(place, { bigint: true });
    if (!stats.isSymbolicLink()) return gone;
    return { kind: 'link', stats, bytes: await readlink(place, 'buffer') };
  } catch (error) {
    if (isRefusal(error)) return gone;
    throw error;
  } finally {
    await parent.close();
  }
};

/** Linux gives an open file a name. */
const hasPlaces = process.platform === 'linux';
export const placeOf = (handle: FileHandle): string =>
  process.platform === 'darwin' ? `/dev/fd/${handle.fd}` : `/proc/self/fd/${handle.fd}`;

const pathBelow = (root: string, name: Buffer): Buffer =>
  name.length === 0 ? Buffer.from(root) : Buffer.concat([Buffer.from(`${root}/`), name]);

type NotOpened = { readonly kind: 'gone' | 'unreadable' } | { readonly kind: 'link' };

const openExact = async (root: string, name: Buffer, flags: number): Promise<FileHandle | NotOpened> => {
  const path = pathBelow(root, name);
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | flags);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink()) return { kind: 'link' };
    return found?.isFile() ? { kind: 'unreadable' } : gone;
  }
  const place = await (hasPlaces ? readlink(placeOf(handle), 'buffer') : realpath(path, 'buffer')).catch(
    () => undefined,
  );
  if (place?.equals(path)) return handle;
  await handle.close();
  return gone;
};

/** What a tree that changes under our hands, or holds what nobody can read, answers. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  [
    'ENOENT',
    'ENOTDIR',
    'ELOOP',
    'EACCES',
    'EPERM',
    'EINVAL',
    'ENXIO',
    'ENAMETOOLONG',
    'EMLINK',
    // Somebody holds a lease on it.
    'EAGAIN',
  ].includes(String(error.code));
