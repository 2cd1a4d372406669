import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from './context.ts';
import { Failure } from './failure.ts';
import { sizeText } from './render/size.ts';

/** What was written, and where. */
export interface Saved {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Writes bytes to a file as they come, and says how many there are. It has its name only when all of it is there. `what`
 * begins the sentence when it cannot be written.
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
        size += piece.length;
        context.doing(`Writing, ${sizeText(size)}`);
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
