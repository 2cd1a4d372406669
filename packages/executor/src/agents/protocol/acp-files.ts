import { constants, type Stats } from 'node:fs';
import { type FileHandle, mkdir, open, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Files of the workspace, read and written for an agent that asks its client to do it. */
export interface WorkspaceText {
  /** `line` is the first line, counted from 1; `limit` the number of lines. */
  read(path: string, line?: number | null, limit?: number | null): Promise<string>;
  write(path: string, content: string): Promise<void>;
}

/** Larger files are for the agent to read itself. */
const readLimit = 16 * 1024 * 1024;

/**
 * Paths are absolute, as the protocol has them. One that leaves the workspace is refused, also when it does so by a
 * symbolic link: the path of the directory is looked at after links were followed, and a link as the file itself is
 * not opened.
 */
export const createWorkspaceText = (workspace: string): WorkspaceText => {
  const inside = async (path: string): Promise<string> => {
    const root = await realpath(workspace);
    const wished = resolve(workspace, path);
    const parent = await realpath(dirname(wished));
    const real = join(parent, basename(wished));
    const below = relative(root, real);
    if (below === '' || below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) {
      throw new Error(`${path} is not in the workspace.`);
    }
    return real;
  };
  return {
    async read(path, line, limit) {
      const place = await inside(path);
      // Without waiting for a writer of a pipe.
      const file = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        const { size } = await checked(file, place, path);
        if (size > readLimit) throw new Error(`${path} is larger than ${readLimit} bytes.`);
        const text = await file.readFile('utf8');
        if (line == null && limit == null) return text;
        const first = Math.max(0, (line ?? 1) - 1);
        const lines = text.split(/(?<=\n)/);
        return lines.slice(first, limit == null ? undefined : first + limit).join('');
      } finally {
        await file.close();
      }
    },
    async write(path, content) {
      await makeParents(workspace, resolve(workspace, path));
      const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
      const place = await inside(path);
      const file = await open(place, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
      try {
        await checked(file, place, path);
        await file.truncate(0);
        await file.writeFile(content);
      } finally {
        await file.close();
      }
    },
  };
};

/** Refuses what is no regular file, and one that was opened elsewhere because a directory was exchanged meanwhile. */
const checked = async (file: FileHandle, place: string, path: string): Promise<Stats> => {
  const stats = await file.stat();
  if (!stats.isFile()) throw new Error(`${path} is no regular file.`);
  const opened =
    process.platform === 'linux' ? await readlink(`/proc/self/fd/${file.fd}`).catch(() => place) : place;
  if (opened !== place) throw new Error(`${path} is not in the workspace.`);
  return stats;
};

/** Makes the directories of a new file one by one, following no link out of the workspace. */
const makeParents = async (workspace: string, path: string): Promise<void> => {
  const parts = relative(workspace, dirname(path)).split(sep);
  if (parts[0] === '' || parts[0] === '..' || isAbsolute(parts[0] ?? '')) return;
  const root = await realpath(workspace);
  let directory = root;
  for (const part of parts) {
    const next = join(directory, part);
    await mkdir(next).catch(() => {});
    directory = await realpath(next);
    if (directory !== root && !directory.startsWith(root + sep)) {
      throw new Error(`${path} is not in the workspace.`);
    }
  }
};
