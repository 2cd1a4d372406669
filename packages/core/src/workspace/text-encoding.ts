import type { FilePreview } from '@agent-harbor/api-contract/schemas';

/** What the bytes of a file are, as far as its beginning tells. `text` is null for what is no text. */
export interface Decoded {
  readonly encoding: FilePreview['encoding'];
  readonly text: string | null;
}

/** `isWhole` is false when the file goes on: then a character that was cut at the end is no fault. */
export const decoded = (bytes: Uint8Array, isWhole: boolean): Decoded => {
  const marked = byMark(bytes);
  if (marked !== undefined) return read(bytes, marked, isWhole) ?? binary;
  if (bytes.includes(0)) return binary;
  const text = read(bytes, 'utf-8', isWhole);
  if (text !== undefined) return text;
  // Every byte is a character there; what has control characters was not written to be read.
  if (bytes.some((byte) => byte < 0x20 && !readable.has(byte))) return binary;
  return read(bytes, 'windows-1252', isWhole) ?? binary;
};

const binary: Decoded = { encoding: 'binary', text: null };

/** Tab, line feed, form feed, carriage return, and the escape of terminals. */
const readable = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

const byMark = (bytes: Uint8Array): Exclude<Decoded['encoding'], 'binary'> | undefined => {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return undefined;
};

const read = (
  bytes: Uint8Array,
  encoding: Exclude<Decoded['encoding'], 'binary'>,
  isWhole: boolean,
): Decoded | undefined => {
  try {
    return { encoding, text: new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: !isWhole }) };
  } catch {
    return undefined;
  }
};
