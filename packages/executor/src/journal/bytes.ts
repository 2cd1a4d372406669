import type { FileHandle } from 'node:fs/promises';

/** No record is larger; a line that goes on longer is damage. */
const recordLimit = 4 * 1024 * 1024;

/** `length` bytes from `from` on; fewer where the file ends. In `scratch` if they fit, until that is used again. */
export const readBytes = async (
  file: FileHandle,
  from: number,
  length: number,
  scratch?: Buffer,
): Promise<Buffer> => {
  const buffer =
    scratch !== undefined && length <= scratch.length
      ? scratch.subarray(0, Math.max(0, length))
      : Buffer.allocUnsafe(Math.max(0, length));
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
};

/** Bytes from `from` on, `atLeast` of them or more, that hold at least one line end if there is one within reach. */
export const readLines = async (
  file: FileHandle,
  from: number,
  limit: number,
  atLeast: number,
  scratch?: Buffer,
): Promise<Buffer> => {
  for (let length = atLeast; ; length *= 4) {
    const bytes = await readBytes(file, from, Math.min(length, limit - from), scratch);
    if (bytes.includes(0x0a) || bytes.length < length || length >= recordLimit) return bytes;
  }
};
