/** A file of an archive. */
export interface TarFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Files as a POSIX archive (pax interchange format), all of it in memory. Only what a scenario has: regular files. The
 * executor of processes has a library for it, which needs streams that a browser has not.
 */
export const tarOf = (files: readonly TarFile[]): Uint8Array => {
  const parts = files.flatMap(({ name, bytes, at }) => {
    const encoded = new TextEncoder().encode(name);
    const isShort = encoded.length <= nameBytes && encoded.length === name.length;
    const told = isShort ? [] : member('pax', 'x', paxPath(encoded), at);
    return [...told, ...member(isShort ? name : 'long', '0', bytes, at)];
  });
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  // Two empty blocks are the end.
  const archive = new Uint8Array(length + 2 * blockBytes);
  let place = 0;
  for (const part of parts) {
    archive.set(part, place);
    place += part.length;
  }
  return archive;
};

const blockBytes = 512;
const nameBytes = 100;

const member = (name: string, type: '0' | 'x', bytes: Uint8Array, at: number): Uint8Array[] => {
  const padding = new Uint8Array((blockBytes - (bytes.length % blockBytes)) % blockBytes);
  return [header(name, type, bytes.length, at), bytes, padding];
};

const header = (name: string, type: string, size: number, at: number): Uint8Array => {
  const block = new Uint8Array(blockBytes);
  const put = (place: number, text: string) => block.set(new TextEncoder().encode(text), place);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  put(0, name);
  put(100, '0000644\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  put(124, `${octal(size, 11)}\0`);
  put(136, `${octal(Math.max(0, Math.floor(at / 1000)), 11)}\0`);
  // The sum counts its own place as blanks.
  put(148, '        ');
  put(156, type);
  put(257, 'ustar\x0000');
  put(
    148,
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
  );
  return block;
};

/** `<length> path=<name>\n`, where the length counts itself. */
const paxPath = (name: Uint8Array): Uint8Array => {
  const rest = ' path='.length + name.length + 1;
  let length = rest;
  while (rest + String(length).length !== length) length = rest + String(length).length;
  const record = new Uint8Array(length);
  record.set(new TextEncoder().encode(`${length} path=`));
  record.set(name, length - name.length - 1);
  record[length - 1] = 0x0a;
  return record;
};
