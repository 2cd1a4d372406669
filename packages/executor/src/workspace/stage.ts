import { constants } from 'node:fs';
import { copyFile, type FileHandle, mkdir, open, readlink, realpath, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { inPortions } from './in-portions.ts';

/** A file that is too large to be copied: opened, and known to be where its name says. */
export interface LargeFile {
  readonly name: Buffer;
  readonly mode: '100644' | '100755';
  readonly handle: FileHandle;
}

/** Above this a file is read where it is. */
const copiedBytes = 32 * 1024 * 1024;

/**
 * Copies files and links of a hostile tree into an empty directory of ours, by name. Git opens a file by its path some
 * time after it has looked at it; an agent that puts a link into that path meanwhile would be shown any file of this host
 * as a change of its own. Here a file is opened without following a link, and counts only when the system says that what
 * was opened is where it should be. What is not there, or not any more, is left out; whoever calls closes the large ones.
 */
export const stageFiles = async (
  tree: string,
  stage: string,
  names: readonly Buffer[],
): Promise<readonly LargeFile[]> => {
  await rm(stage, { recursive: true, force: true });
  await mkdir(stage, { recursive: true, mode: 0o700 });
  const root = join(await realpath(dirname(tree)), basename(tree));
  const large: LargeFile[] = [];
  const made = new Set<string>();
  await inPortions(names, async (name) => {
    const target = Buffer.concat([Buffer.from(`${stage}/`), name]);
    const parent = parentOf(target);
    try {
      if (!made.has(parent.toString('latin1'))) await mkdir(parent, { recursive: true });
      made.add(parent.toString('latin1'));
      const file = await openExact(root, name, constants.O_NONBLOCK);
      if (file === undefined) {
        await stageLink(root, name, target);
        return;
      }
      const keeps = await stageFile(file, name, target);
      if (keeps === undefined) await file.close();
      else large.push(keeps);
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  });
  return large;
};

const stageFile = async (
  handle: FileHandle,
  name: Buffer,
  target: Buffer,
): Promise<LargeFile | undefined> => {
  const stats = await handle.stat();
  if (!stats.isFile()) return undefined;
  const mode = (stats.mode & 0o100) === 0 ? '100644' : '100755';
  if (stats.size > copiedBytes) return { name, mode, handle };
  // By the open file, whatever its name leads to by now.
  await copyFile(placeOf(handle), target, constants.COPYFILE_FICLONE);
  const copy = await open(target, 'r');
  try {
    await copy.chmod(mode === '100755' ? 0o700 : 0o600);
  } finally {
    await copy.close();
  }
  return undefined;
};

const stageLink = async (root: string, name: Buffer, target: Buffer): Promise<void> => {
  const slash = name.lastIndexOf('/');
  const parent = await openExact(root, name.subarray(0, Math.max(0, slash)), constants.O_DIRECTORY ?? 0);
  if (parent === undefined) return;
  try {
    const place = Buffer.concat([Buffer.from(`${placeOf(parent)}/`), name.subarray(slash + 1)]);
    const link = await readlink(hasPlaces ? place : Buffer.from(join(root, String(name))), 'buffer');
    await symlink(link, target);
  } finally {
    await parent.close();
  }
};

/** Linux and macOS give an open file a name. */
const hasPlaces = process.platform === 'linux';
const placeOf = (handle: FileHandle): string =>
  process.platform === 'darwin' ? `/dev/fd/${handle.fd}` : `/proc/self/fd/${handle.fd}`;

/** Opens what has exactly this name below the root, no link on the way to it. */
const openExact = async (root: string, name: Buffer, flags: number): Promise<FileHandle | undefined> => {
  const path = name.length === 0 ? Buffer.from(root) : Buffer.concat([Buffer.from(`${root}/`), name]);
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | flags).catch(
    (error: unknown) => {
      if (isRefusal(error)) return undefined;
      throw error;
    },
  );
  if (handle === undefined) return undefined;
  const place = await (hasPlaces ? readlink(placeOf(handle), 'buffer') : realpath(path, 'buffer')).catch(
    () => undefined,
  );
  if (place?.equals(path)) return handle;
  await handle.close();
  return undefined;
};

const parentOf = (path: Buffer): Buffer => path.subarray(0, path.lastIndexOf('/'));

/** What a tree that changes under our hands, or holds what nobody can store, answers. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  [
    'ENOENT',
    'ENOTDIR',
    'ELOOP',
    'EEXIST',
    'EISDIR',
    'EACCES',
    'EPERM',
    'EINVAL',
    'ENXIO',
    'ENAMETOOLONG',
    'EMLINK',
  ].includes(String(error.code));
