import { constants } from 'node:fs';
import { mkdir, open, readdir, realpath, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { Place } from '@agent-harbor/scenario';

/**
 * Files below a directory, by relative path with `/`. Nothing outside is ever read or written: directories are looked
 * at after links were followed, and a link as the file itself is refused.
 */
export interface WorkingFiles {
  /** Null when there is no such file. */
  read(path: string): Promise<Uint8Array | null>;
  /** Makes the directories it needs; null removes the file. */
  write(path: string, bytes: Uint8Array | null): Promise<void>;
  /** Everything below the root but `.git`, following no links. */
  list(): Promise<readonly Place[]>;
  /** The real path of a directory; `''` is the root. */
  directory(path: string): Promise<string>;
}

export const createWorkingFiles = (root: string): WorkingFiles => {
  const realRoot = realpath(root);
  realRoot.catch(() => {});

  const below = async (path: string, shown: string): Promise<string> => {
    const [real, top] = [await realpath(path), await realRoot];
    if (real === top || real.startsWith(top.endsWith(sep) ? top : top + sep)) return real;
    throw new Error(`${shown}: is not inside the workspace`);
  };
  /** Goes down part by part, so that no directory is made behind a link that leads away. */
  const makeDirectory = async (path: string): Promise<string> => {
    let directory = await realRoot;
    for (const part of path.split('/').filter((name) => name !== '' && name !== '.')) {
      const next = join(directory, part);
      await mkdir(next).catch(ignore('EEXIST'));
      directory = await below(next, path);
    }
    return directory;
  };

  return {
    async read(path) {
      const { O_RDONLY, O_NOFOLLOW = 0 } = constants;
      try {
        const directory = await below(join(await realRoot, dirname(path)), path);
        const file = await open(join(directory, basename(path)), O_RDONLY | O_NOFOLLOW);
        try {
          return await file.readFile();
        } finally {
          await file.close();
        }
      } catch (error) {
        if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
        throw explained(error, path);
      }
    },
    async write(path, bytes) {
      const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW = 0 } = constants;
      try {
        const place = join(await makeDirectory(dirname(path)), basename(path));
        if (bytes === null) return await unlink(place);
        const file = await open(place, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o666);
        try {
          await file.writeFile(bytes);
        } finally {
          await file.close();
        }
      } catch (error) {
        throw explained(error, path);
      }
    },
    async list() {
      const places: Place[] = [];
      const visit = async (directory: string): Promise<void> => {
        const entries = await readdir(join(await realRoot, directory), { withFileTypes: true });
        for (const entry of entries) {
          if (places.length >= mostPlaces) throw new Error(`There are more than ${mostPlaces} files here.`);
          const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
          const isDirectory = entry.isDirectory();
          if (path === '.git' || !(isDirectory || entry.isFile())) continue;
          places.push({ path, isDirectory });
          if (isDirectory) await visit(path);
        }
      };
      await visit('');
      return places;
    },
    async directory(path) {
      const directory = await below(join(await realRoot, path), path);
      if (!(await stat(directory)).isDirectory()) throw new Error(`${path}: is not a directory`);
      return directory;
    },
  };
};

/** A workspace with more is not looked through. */
const mostPlaces = 100_000;

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

const ignore =
  (code: string) =>
  (error: unknown): void => {
    if (!hasCode(error, code)) throw error;
  };

/** Errors of the system name the path on the host; the agent knows its files by another. */
const explained = (error: unknown, path: string): unknown => {
  if (hasCode(error, 'ELOOP')) return new Error(`${path}: is a link`);
  if (hasCode(error, 'EISDIR')) return new Error(`${path}: is a directory`);
  if (hasCode(error, 'ENOTDIR')) return new Error(`${path}: a part of it is a file`);
  return error;
};
