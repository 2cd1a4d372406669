/** Down a line in the same column: what a line feed means to a terminal that changes nothing. */
const index = Buffer.from('\u001bD');
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/**
 * What a session's terminal shows, for one of ours: Node cannot stop that from taking a line feed for the end of a line,
 * which would tear the pictures of full-screen programs. A sequence may be torn between two pieces, a line end too.
 */
export const createRawOutput = (): ((bytes: Uint8Array) => Uint8Array) => {
  let last = 0;
  return (bytes) => {
    const out: Uint8Array[] = [];
    let start = 0;
    for (let at = 0; at < bytes.length; at++) {
      if (bytes[at] === lineFeed && last !== carriageReturn) {
        out.push(bytes.subarray(start, at), index);
        start = at + 1;
      }
      last = bytes[at] ?? 0;
    }
    out.push(bytes.subarray(start));
    return Buffer.concat(out);
  };
};
