import { copyFile, stat, utimes, writeFile } from 'node:fs/promises';

/**
 * Copies a git index with its time. Git trusts what the index says of a file unless the file is as young as the index
 * itself (git's "racy" entries): a copy that looked younger would hide a change made in the tick of the checkout that
 * keeps the file's size.
 */
export const copyIndex = async (from: string, to: string): Promise<void> => {
  const { mtimeMs } = await stat(from);
  await copyFile(from, to);
  await dateIndex(to, mtimeMs);
};

/**
 * Says that an index was written then. Given the beginning of the look that wrote it, git reads again whatever may have
 * changed after the look had read it, in the same second.
 */
export const dateIndex = async (index: string, timeMs: number): Promise<void> => {
  const seconds = secondOf(timeMs);
  await utimes(index, seconds, seconds);
};

/** Git compares whole seconds. Never later than it was, whatever the file system rounds. */
export const secondOf = (timeMs: number): number => Math.floor(timeMs / 1000);

/** Now, by the clock of the file system that files are dated by. */
export const tick = async (path: string): Promise<number> => {
  await writeFile(path, '');
  return (await stat(path)).mtimeMs;
};
