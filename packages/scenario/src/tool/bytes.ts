import type { FileContents } from '../format/files.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes a scenario means by the contents of a file. */
export const bytesOf = (contents: FileContents): Uint8Array =>
  typeof contents === 'string'
    ? encoder.encode(contents)
    : Uint8Array.from(atob(contents.base64), (character) => character.charCodeAt(0));

/** The bytes as text; null when they are none: not UTF-8, or with a NUL in them. */
export const textOf = (bytes: Uint8Array): string | null => {
  if (bytes.includes(0)) return null;
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
};

export const base64Of = (bytes: Uint8Array): string => {
  let text = '';
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  }
  return btoa(text);
};

/** The bytes as a scenario writes the contents of a file. */
export const contentsOf = (bytes: Uint8Array): FileContents => textOf(bytes) ?? { base64: base64Of(bytes) };

export const sameBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);
