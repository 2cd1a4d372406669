/** The last bytes of a stream. */
export interface KeptBytes {
  push(chunk: Buffer): void;
  /** As text, from the beginning of a character on. */
  text(): string;
  /** How many there were. */
  readonly total: number;
  /** Whether some are not kept any more. */
  readonly isCut: boolean;
}

export const createKeptBytes = (limit: number): KeptBytes => {
  let chunks: Buffer[] = [];
  let size = 0;
  let total = 0;
  return {
    push(chunk) {
      total += chunk.length;
      // A copy: the chunk may be a view of something larger.
      chunks.push(Buffer.from(chunk.subarray(Math.max(0, chunk.length - limit))));
      size += chunks.at(-1)?.length ?? 0;
      // Seldom, because it copies everything.
      if (size <= 2 * limit && chunks.length < 4096) return;
      const kept = Buffer.concat(chunks, size).subarray(Math.max(0, size - limit));
      chunks = [kept];
      size = kept.length;
    },
    text() {
      const all = Buffer.concat(chunks, size);
      let start = Math.max(0, all.length - limit);
      if (total > limit) while (start < all.length && ((all[start] ?? 0) & 0xc0) === 0x80) start += 1;
      return all.toString('utf8', start);
    },
    get total() {
      return total;
    },
    get isCut() {
      return total > limit;
    },
  };
};
