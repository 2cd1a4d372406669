import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from './context.ts';
import { Failure } from './failure.ts';

/** How much passes between two words about the progress. */
const stepBytes = 32 * 1024 * 1024;

/** What was written, and where. */
export interface Saved {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Writes bytes to a file as they come. It has its name only when all of it is there; large ones say how far they are, on
 * standard error. `what` begins the sentence when it cannot be written.
 */
export const saveBytes = async (
  context: Context,
  bytes: AsyncIterable<Uint8Array>,
  output: string,
  what: string,
): Promise<Saved> => {
  const path = resolve(context.io.cwd, output);
  const draft = `${path}.part`;
  let size = 0;
  try {
    const file = await open(draft, 'w');
    try {
      for await (const piece of bytes) {
        await file.writeFile(piece);
        const before = size;
        size += piece.length;
        const hasStepped = Math.floor(before / stepBytes) < Math.floor(size / stepBytes);
        if (hasStepped && !context.json) await context.note(`${Math.floor(size / 1024 / 1024)} MiB …`);
      }
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw new Failure('general', {
      happened: `${what} cannot be written`,
      detail: cause.message,
      remedy: 'Name a file that can be written with --output.',
      cause,
    });
  }
  return { path, bytes: size };
};
