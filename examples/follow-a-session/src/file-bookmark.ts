import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Bookmark } from './follow.ts';

/** A bookmark in a file, which is replaced as a whole: half an id is none. */
export const fileBookmark = (path: string): Bookmark => ({
  async read() {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  },
  async keep(id) {
    await writeFile(`${path}.new`, id);
    await rename(`${path}.new`, path);
  },
});
