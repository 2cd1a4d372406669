import { copyFile, stat, utimes } from 'node:fs/promises';

/**
 * Copies a git index with its time. Git trusts what the index says of a file unless the file is as young as the index
 * itself (git's "racy" entries): a copy that looked younger would hide a change made in the tick of the checkout that
 * keeps the file's size.
 */
export const copyIndex = async (from: string, to: string): Promise<void> => {
  const { atimeMs, mtimeMs } = await stat(from);
  await copyFile(from, to);
  // Whole seconds: never later than the original, whatever the file system rounds.
  await utimes(to, Math.floor(atimeMs / 1000), Math.floor(mtimeMs / 1000));
};
