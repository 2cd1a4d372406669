/**
 * Bytes as a gzip file (RFC 1952) in which nothing is compressed: what a mock plays is small, and has to be the same
 * bytes on every machine, in a browser as on a server.
 */
export const storedGzip = (bytes: Uint8Array): Uint8Array => {
  const blocks = Math.max(1, Math.ceil(bytes.length / blockBytes));
  const out = new Uint8Array(10 + blocks * 5 + bytes.length + 8);
  const view = new DataView(out.buffer);
  // Deflate, no name, no time, no operating system.
  out.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  let at = 10;
  for (let block = 0; block < blocks; block++) {
    const piece = bytes.subarray(block * blockBytes, (block + 1) * blockBytes);
    out[at] = block === blocks - 1 ? 1 : 0;
    view.setUint16(at + 1, piece.length, true);
    view.setUint16(at + 3, ~piece.length & 0xffff, true);
    out.set(piece, at + 5);
    at += 5 + piece.length;
  }
  view.setUint32(at, crc32(bytes), true);
  view.setUint32(at + 4, bytes.length % 2 ** 32, true);
  return out;
};

/** What a stored block holds at most (RFC 1951). */
const blockBytes = 65_535;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

const crc32 = (bytes: Uint8Array): number => {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (table[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
};
