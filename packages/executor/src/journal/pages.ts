/** Text on its way to the disk, gathered in a few pages that are used again and again. */
export interface Pages {
  /** Adds a line and gives its size in bytes. */
  add(line: string): number;
  /** Takes out the oldest page; the bytes are valid until it is given back. Undefined when there is nothing. */
  take(): Uint8Array | undefined;
  giveBack(page: Uint8Array): void;
}

/** One page is one write, so that a burst becomes visible piece by piece. */
const pageBytes = 256 * 1024;
/** How many empty pages are kept: as many as fill up before whoever produces is made to wait. */
const sparePages = 5;

/**
 * A buffer per record would be garbage by the hundred thousand, and the memory behind buffers is given back late: an
 * agent that floods would make its recorder grow.
 */
export const createPages = (): Pages => {
  const full: Uint8Array[] = [];
  const spare: Buffer[] = [];
  let page: Buffer | undefined;
  let used = 0;

  const close = () => {
    if (page !== undefined && used > 0) full.push(page.subarray(0, used));
    page = undefined;
    used = 0;
  };
  return {
    add(line) {
      const size = Buffer.byteLength(line);
      if (page !== undefined && used + size > page.length) close();
      page ??=
        size > pageBytes ? Buffer.allocUnsafeSlow(size) : (spare.pop() ?? Buffer.allocUnsafeSlow(pageBytes));
      used += page.write(line, used);
      return size;
    },
    take() {
      if (full.length === 0) close();
      return full.shift();
    },
    giveBack(taken) {
      if (taken.buffer.byteLength === pageBytes && spare.length < sparePages)
        spare.push(Buffer.from(taken.buffer));
    },
  };
};
