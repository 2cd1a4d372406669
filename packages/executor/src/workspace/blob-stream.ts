import { type Git, GitError, slowMs } from './git.ts';

/** Takes objects piece by piece. What it gives a promise for is waited for, so nothing piles up. */
export interface BlobTaker {
  /** The object asked for at this place, before its first piece. */
  begin(place: number, bytes: number): void | Promise<void>;
  /** `enough`: nothing further of any object is wanted. */
  take(place: number, piece: Buffer): void | Promise<void> | 'enough';
  /** After its last piece. */
  end(place: number): void | Promise<void>;
}

/**
 * Reads objects one after the other in one command, however large they are. Rejects when one is not there. The memory it
 * takes does not depend on their sizes.
 */
export const eachBlob = async (
  git: Git,
  ids: readonly string[],
  taker: BlobTaker,
  signal: AbortSignal | undefined,
): Promise<void> => {
  if (ids.length === 0) return;
  const stopping = new AbortController();
  const until = signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]);
  let isEnough = false;
  let failure: unknown;
  let head = Buffer.alloc(0);
  let place = -1;
  /** Of the object that is read; undefined between two of them. */
  let left: number | undefined;

  const consume = async (chunk: Buffer): Promise<void> => {
    let at = 0;
    while (at < chunk.length && !isEnough) {
      if (left === undefined) {
        const lineEnd = chunk.indexOf(0x0a, at);
        head = Buffer.concat([head, chunk.subarray(at, lineEnd === -1 ? chunk.length : lineEnd)]);
        if (lineEnd === -1) return;
        at = lineEnd + 1;
        place += 1;
        left = sizeIn(head.toString('latin1'));
        head = Buffer.alloc(0);
        await taker.begin(place, left);
        continue;
      }
      if (left > 0) {
        const piece = chunk.subarray(at, at + left);
        at += piece.length;
        left -= piece.length;
        const taken = taker.take(place, piece);
        if (taken === 'enough') {
          isEnough = true;
          stopping.abort();
          return;
        }
        await taken;
        continue;
      }
      // The line end behind each object.
      at += 1;
      left = undefined;
      await taker.end(place);
    }
  };

  try {
    await git.run(['cat-file', '--batch'], {
      input: ids.map((id) => `${id}\n`).join(''),
      timeoutMs: slowMs,
      signal: until,
      output: (chunk) =>
        consume(chunk).catch((error: unknown) => {
          failure ??= error;
          throw error;
        }),
    });
  } catch (error) {
    if (failure !== undefined) throw failure;
    if (!isEnough) throw error;
  }
};

/** `<id> blob <size>`; anything else says that the object is not there. */
const sizeIn = (line: string): number => {
  const [, kind, size = ''] = line.split(' ');
  if (kind !== 'blob' || !/^\d+$/.test(size))
    throw new GitError('failed', 'cat-file', `no such object: ${line}`);
  return Number(size);
};
