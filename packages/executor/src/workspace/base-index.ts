import { existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { indexHead, writeIndex } from './index-file.ts';
import { copyIndex, dateIndex, secondOf } from './index-time.ts';
import type { WorkspacePaths } from './workspace-paths.ts';

/**
 * The index of the checkout, as a look begins with it. Git trusts nothing it says of files that are as young as the index
 * itself, and a checkout takes about a second: each first look would read every file again. So a look of a later second
 * leaves a copy behind that is dated by its own beginning.
 *
 * Of all it did not find otherwise it saw that it was as the index says, after it had begun. Whoever changes that changes
 * it in the second of the beginning or later, and what the index says of a file is of the second of the checkout or
 * earlier: it is seen. What it found otherwise may say the same time and size as the checkout, so nothing is said of it.
 */
export interface BaseIndex {
  /** Copies it. Without `asSettled` nothing is believed but what the checkout itself has left. */
  copyTo(index: string, asSettled: boolean): Promise<void>;
  /** Notes that a look found this file otherwise than the index says. */
  doubt(name: Buffer): void;
  /** Says that a look has gone well since the last copy. A failure to leave something behind is none of the look's. */
  settle(begunMs: number, idBytes: number): Promise<void>;
  /** Whether one more look, a second later, is worth while for those who come next. */
  readonly isYoung: boolean;
}

export const createBaseIndex = (paths: WorkspacePaths, draft: string, leastFiles: number): BaseIndex => {
  const doubted = new Set<string>();
  // Of an index that was not copied here nobody knows what was found otherwise.
  let isSettled = true;
  let isYoung = false;

  const write = async (begunMs: number, idBytes: number): Promise<void> => {
    await writeIndex(paths.index, draft, [], idBytes, {
      keeps: () => true,
      take: () => {},
      doubts: ({ bytes, nameStart, nameEnd }) =>
        doubted.size > 0 && doubted.has(bytes.toString('latin1', nameStart, nameEnd)),
    });
    await dateIndex(draft, begunMs);
    // After a loss of power it is whole or not there.
    const file = await open(draft, 'r+');
    await file.sync().finally(() => file.close());
    await rename(draft, paths.settledIndex);
  };

  return {
    async copyTo(index, asSettled) {
      doubted.clear();
      isSettled = existsSync(paths.settledIndex);
      await copyIndex(asSettled && isSettled ? paths.settledIndex : paths.index, index);
    },

    doubt(name) {
      if (!isSettled) doubted.add(name.toString('latin1'));
    },

    async settle(begunMs, idBytes) {
      if (isSettled) return;
      try {
        const { count } = await indexHead(paths.index);
        const { mtimeMs } = await stat(paths.index);
        isSettled = count < leastFiles || existsSync(paths.settledIndex);
        isYoung = !isSettled && secondOf(begunMs) <= secondOf(mtimeMs);
        if (isSettled || isYoung) return;
        isSettled = true;
        await write(begunMs, idBytes);
      } catch {
        await rm(draft, { force: true }).catch(() => {});
      }
    },

    get isYoung() {
      return isYoung;
    },
  };
};
