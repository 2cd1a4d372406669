import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, DiskUse } from '@agent-harbor/core';
import { steady, throwIfAborted } from '@agent-harbor/core';

const mostEntries = 2_000_000;
const longestMs = 60_000;
/** How many entries are looked at side by side. */
const width = 16;

/**
 * What a directory and all below it take of the disk: blocks, not lengths, and each file once however many names it has.
 * Symbolic links are counted and not followed. Nothing is held but the directories still to be read and the files of many
 * names. What vanishes meanwhile is not counted.
 */
export const diskUse = async (root: string, clock: Clock, signal?: AbortSignal): Promise<DiskUse> => {
  const { now } = steady(clock);
  const deadline = now() + longestMs;
  const waiting = [root];
  const linked = new Set<string>();
  let bytes = 0;
  let files = 0;
  let entries = 0;

  const look = async (path: string): Promise<void> => {
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) return;
    if (found.isDirectory()) waiting.push(path);
    else files += 1;
    if (found.nlink > 1 && !found.isDirectory()) {
      const place = `${found.dev} ${found.ino}`;
      if (linked.has(place)) return;
      linked.add(place);
    }
    // Windows tells no blocks.
    bytes += found.blocks === undefined ? found.size : found.blocks * 512;
  };

  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const directory = await opendir(path).catch(() => undefined);
    if (directory === undefined) continue;
    let batch: string[] = [];
    for await (const { name } of directory) {
      batch.push(join(path, name));
      if (batch.length < width) continue;
      entries += batch.length;
      await Promise.all(batch.map(look));
      batch = [];
      throwIfAborted(signal);
      if (entries > mostEntries || now() > deadline) return { bytes, files, isComplete: false };
    }
    entries += batch.length;
    await Promise.all(batch.map(look));
  }
  return { bytes, files, isComplete: true };
};
