import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { throwIfInterrupted } from './backup-failure.ts';
import type { BackupFile } from './manifest.ts';

/** Work that takes a while tells how far it is. */
export type Progress = (bytes: number) => void;

/** The files copied so far, by what they share on the disk: git links packs instead of copying them. */
export type Copied = Map<string, BackupFile>;

/**
 * Copies a directory while others may write to it: what git adds is whole from the start, and what it takes away it has
 * put elsewhere before. So references come before objects, a file that vanishes is not missed, and it is looked again
 * until nothing new turned up. Links are not followed, and locks and drafts are left out.
 */
export const copyGitDirectory = async (
  from: string,
  to: string,
  path: string,
  copied: Copied,
  progress: Progress,
  signal?: AbortSignal,
): Promise<BackupFile[]> => {
  const done = new Map<string, BackupFile>();
  for (let isNew = true; isNew; ) {
    isNew = false;
    const found = (await filesBelow(join(from, path))).sort(
      (left, right) => Number(left.startsWith('objects/')) - Number(right.startsWith('objects/')),
    );
    for (const name of found) {
      const file = `${path}/${name}`;
      if (done.has(file)) continue;
      throwIfInterrupted(signal);
      const copy = await copyOne(from, to, file, copied, progress);
      if (copy === undefined) continue;
      done.set(file, copy);
      isNew = true;
    }
  }
  return [...done.values()];
};

/** Copies one file, or links it to the copy of what it shares its content with; undefined when it has vanished. */
export const copyOne = async (
  from: string,
  to: string,
  path: string,
  copied: Copied,
  progress: Progress,
): Promise<BackupFile | undefined> => {
  const source = join(from, path);
  const target = join(to, path);
  try {
    const { dev, ino, nlink } = await lstat(source);
    const shared = nlink > 1 ? `${dev}:${ino}` : undefined;
    const first = shared === undefined ? undefined : copied.get(shared);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    if (first !== undefined && (await linked(join(to, first.path), target))) {
      return { path, bytes: first.bytes, sha256: first.sha256, same: first.path };
    }
    await copyFile(source, target);
    const file: BackupFile = { path, ...(await digestOf(target)) };
    progress(file.bytes);
    if (shared !== undefined) copied.set(shared, file);
    return file;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
};

/** Size and SHA-256 of a file. */
export const digestOf = async (path: string): Promise<{ bytes: number; sha256: string }> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
};

/** Every file below a directory, by its path with slashes. */
export const filesBelow = async (root: string): Promise<string[]> => {
  const found: string[] = [];
  const look = async (inside: string): Promise<void> => {
    const entries = await readdir(join(root, inside), { withFileTypes: true }).catch((error: unknown) => {
      if (isCode(error, 'ENOENT')) return [];
      throw error;
    });
    for (const entry of entries) {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory()) await look(path);
      else if (entry.isFile() && !/(?:\.lock|^tmp_[^/]*)$/.test(entry.name)) found.push(path);
    }
  };
  await look('');
  return found;
};

/** Brings a file or the names in a directory to the disk. Windows cannot do the latter, and need not. */
export const sync = async (path: string): Promise<void> => {
  if (process.platform === 'win32' && (await lstat(path)).isDirectory()) return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Windows syncs what was opened for writing only.
    if (!isCode(error, 'EPERM')) throw error;
  } finally {
    await handle.close();
  }
};

/** Brings all of a tree to the disk. */
export const syncTree = async (root: string): Promise<void> => {
  const directories = new Set([root]);
  for (const path of await filesBelow(root)) {
    await sync(join(root, path));
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
      directories.add(join(root, parent.replaceAll('/', sep)));
    }
  }
  for (const directory of directories) await sync(directory);
};

/** False where the disk cannot link. */
const linked = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (
      isCode(error, 'EPERM') ||
      isCode(error, 'ENOTSUP') ||
      isCode(error, 'EMLINK') ||
      isCode(error, 'EXDEV')
    )
      return false;
    throw error;
  }
};

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
