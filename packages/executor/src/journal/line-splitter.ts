import { characterStart } from './cut.ts';

/** Bytes as they come in, cut into lines; the line end is not part of a line. */
export interface LineSplitter {
  push(chunk: Buffer): void;
  /** Gives out what is left when the bytes end without a line end. */
  end(): void;
}

/**
 * Lines end with LF or CR LF. One longer than `limit` bytes comes in pieces, each but the last with `continued`; no
 * UTF-8 character is torn, neither by a piece nor by the borders of chunks.
 */
export const createLineSplitter = (
  limit: number,
  take: (line: Buffer, continued: boolean) => void,
): LineSplitter => {
  let parts: Buffer[] = [];
  let size = 0;

  const keep = (part: Buffer) => {
    if (part.length === 0) return;
    parts.push(part);
    size += part.length;
    while (size > limit) {
      const whole = Buffer.concat(parts, size);
      const cut = characterStart(whole, limit);
      take(whole.subarray(0, cut), true);
      parts = [whole.subarray(cut)];
      size = whole.length - cut;
    }
  };
  const give = () => {
    const line = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, size);
    parts = [];
    size = 0;
    take(line.at(-1) === 0x0d ? line.subarray(0, -1) : line, false);
  };

  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
        keep(chunk.subarray(start, end));
        give();
        start = end + 1;
      }
      keep(chunk.subarray(start));
    },
    end() {
      if (size > 0) give();
    },
  };
};
