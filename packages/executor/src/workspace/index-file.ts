import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { GitError } from './git.ts';
import { seal } from './sealed-file.ts';

/** What is to be said of a path from now on. */
export interface IndexUpdate {
  readonly name: Buffer;
  /** Undefined when it is gone. */
  readonly to: IndexFile | undefined;
}

export interface IndexFile {
  /** As in git: 0o100644, 0o100755, 0o120000 for a symbolic link, 0o160000 for a submodule. */
  readonly mode: number;
  readonly id: Buffer;
  /** Facts by which git knows that the file is still the same; undefined when it has to be read again. */
  readonly stats: BigIntStats | undefined;
}

/** An entry where it stands, until the next is read. */
export interface IndexPlace {
  readonly bytes: Buffer;
  /** The directory it is in, its bytes as characters; '' for the top one. */
  readonly directory: string;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly mode: number;
  readonly idStart: number;
}

/** Hears of every entry there was, in git's order, and says whether it stays; and of every one there is now. */
export interface IndexReader {
  keeps(place: IndexPlace): boolean;
  take(place: IndexPlace): void;
  /** Whether nothing is to be known any more of the file of an entry that stays: git then reads it again. */
  doubts?(place: IndexPlace): boolean;
}

/** How much of an index is worked on in one turn. */
const pieceBytes = 256 * 1024;
const headBytes = 12;
/** Before the id: times, device, number, mode, owner, size. */
const factBytes = 40;
const modeAt = 24;
const extended = 0x4000;
const nameBits = 0x0fff;

/** The version of an index, and how many entries it has. */
export const indexHead = async (
  index: string,
): Promise<{ readonly version: number; readonly count: number }> => {
  const file = await open(index, 'r');
  try {
    return headOf((await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)).buffer);
  } finally {
    await file.close();
  }
};

const headOf = (head: Buffer): { readonly version: number; readonly count: number } => {
  if (head.toString('latin1', 0, 4) !== 'DIRC') throw broken();
  return { version: head.readUInt32BE(4), count: head.readUInt32BE(8) };
};

const broken = (): GitError => new GitError('failed', 'index', 'the index of the looks is broken');

/**
 * Writes a git index (version 2 or 3) anew with some entries changed, in one pass, a piece a turn. Git itself would open
 * what it adds by its path, and ask every file of the tree for its facts to learn those of a few. What git keeps behind
 * the entries to be faster is left out. `updates` are in git's order, by bytes.
 */
export const rewriteIndex = async (
  index: string,
  updates: readonly IndexUpdate[],
  idBytes: number,
  reader: IndexReader,
): Promise<void> => {
  const draft = `${index}.new`;
  await writeIndex(index, draft, updates, idBytes, reader);
  await rename(draft, index);
};

/** The same into another file; what it has is thrown away. */
export const writeIndex = async (
  index: string,
  draft: string,
  updates: readonly IndexUpdate[],
  idBytes: number,
  reader: IndexReader,
): Promise<void> => {
  await rm(draft, { force: true });
  const from = await open(index, 'r');
  try {
    const to = await open(draft, 'wx+', 0o600);
    try {
      await merge(from, to, updates, idBytes, reader);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
};

const merge = async (
  from: FileHandle,
  to: FileHandle,
  updates: readonly IndexUpdate[],
  idBytes: number,
  reader: IndexReader,
): Promise<void> => {
  const buffer = Buffer.allocUnsafe(pieceBytes);
  /** The next piece, behind what is left of the one before. */
  const read = async (left: Buffer, at: number): Promise<Buffer> => {
    left.copy(buffer);
    const { bytesRead } = await from.read(buffer, left.length, buffer.length - left.length, at);
    return buffer.subarray(0, left.length + bytesRead);
  };
  let rest = await read(Buffer.alloc(0), 0);
  if (rest.length < headBytes) throw broken();
  const { version, count } = headOf(rest);
  if (version !== 2 && version !== 3) throw broken();
  let readBytes = rest.length;
  rest = rest.subarray(headBytes);
  let written = headBytes;
  let kept = 0;
  let next = 0;
  let left = count;
  let out: Buffer[] = [];

  const directoryOf = createDirectoryReader();
  const addUpdate = (): void => {
    const { name, to: file } = updates[next] ?? { name: Buffer.alloc(0), to: undefined };
    next += 1;
    if (file === undefined) return;
    const entry = entryOf(name, file);
    out.push(entry);
    kept += 1;
    const nameStart = factBytes + idBytes + 2;
    const nameEnd = nameStart + name.length;
    reader.take({
      bytes: entry,
      directory: directoryOf(entry, nameStart, nameEnd),
      nameStart,
      nameEnd,
      mode: file.mode,
      idStart: factBytes,
    });
  };

  while (left > 0) {
    let at = 0;
    /** Where what stays as it is begins. */
    let run = 0;
    for (;;) {
      const found = left > 0 ? entryAt(rest, at, idBytes, directoryOf) : undefined;
      if (found === undefined) break;
      left -= 1;
      const { place, end } = found;
      let isUpdated = false;
      let order = -1;
      for (;;) {
        const name = updates[next]?.name;
        order = name === undefined ? 1 : orderOf(name, rest, place.nameStart, place.nameEnd);
        if (order > 0) break;
        if (run < at) out.push(rest.subarray(run, at));
        run = at;
        isUpdated = order === 0;
        addUpdate();
        if (isUpdated) break;
      }
      if (!isUpdated && reader.keeps(place)) {
        if (reader.doubts?.(place) === true) forgetFacts(place);
        reader.take(place);
        kept += 1;
      } else {
        if (run < at) out.push(rest.subarray(run, at));
        run = end;
      }
      at = end;
    }
    if (run < at) out.push(rest.subarray(run, at));
    written = await append(to, out, written);
    out = [];
    if (left === 0) break;
    const before = rest.length - at;
    rest = await read(rest.subarray(at), readBytes);
    // It ends too early, or has a name that is none.
    if (rest.length === before) throw broken();
    readBytes += rest.length - before;
  }
  while (next < updates.length) addUpdate();
  written = await append(to, out, written);
  const head = Buffer.alloc(headBytes);
  head.write('DIRC', 'latin1');
  head.writeUInt32BE(version, 4);
  head.writeUInt32BE(kept, 8);
  await to.write(head, 0, headBytes, 0);
  await seal(to, written, idBytes);
};

const append = async (to: FileHandle, pieces: Buffer[], at: number): Promise<number> => {
  if (pieces.length === 0) return at;
  const { bytesWritten } = await to.writev(pieces, at);
  return at + bytesWritten;
};

type DirectoryReader = (bytes: Buffer, nameStart: number, nameEnd: number) => string;

// What runs for every entry of a large tree is plain loops over bytes: each call into a buffer costs more than they do.

/** Makes a text of the directory of a name only where it is another one than that of the name before. */
const createDirectoryReader = (): DirectoryReader => {
  let last = '';
  return (bytes, nameStart, nameEnd) => {
    let slash = nameEnd - 1;
    while (slash >= nameStart && bytes[slash] !== 0x2f) slash -= 1;
    const length = Math.max(0, slash - nameStart);
    if (length === last.length) {
      // The end is where neighbours differ.
      let at = length - 1;
      while (at >= 0 && bytes[nameStart + at] === last.charCodeAt(at)) at -= 1;
      if (at < 0) return last;
    }
    last = bytes.toString('latin1', nameStart, nameStart + length);
    return last;
  };
};

/** Below zero when the name comes before the other one, as `compare` has it. */
const orderOf = (name: Buffer, bytes: Buffer, start: number, end: number): number => {
  const length = Math.min(name.length, end - start);
  for (let at = 0; at < length; at++) {
    const difference = (name[at] ?? 0) - (bytes[start + at] ?? 0);
    if (difference !== 0) return difference;
  }
  return name.length - (end - start);
};

/** The entry that begins there; undefined when it goes on beyond what was read. */
const entryAt = (
  bytes: Buffer,
  at: number,
  idBytes: number,
  directoryOf: DirectoryReader,
): { readonly place: IndexPlace; readonly end: number } | undefined => {
  const flagsAt = at + factBytes + idBytes;
  if (flagsAt + 4 > bytes.length) return undefined;
  const flags = ((bytes[flagsAt] ?? 0) << 8) | (bytes[flagsAt + 1] ?? 0);
  const nameStart = flagsAt + ((flags & extended) === 0 ? 2 : 4);
  let length = flags & nameBits;
  if (length === nameBits) {
    const nul = bytes.indexOf(0, nameStart + nameBits);
    if (nul === -1) return undefined;
    length = nul - nameStart;
  }
  const end = at + paddedBytes(nameStart - at + length);
  if (end > bytes.length) return undefined;
  const place = {
    bytes,
    directory: directoryOf(bytes, nameStart, nameStart + length),
    nameStart,
    nameEnd: nameStart + length,
    // The upper half of it says nothing.
    mode: ((bytes[at + 26] ?? 0) << 8) | (bytes[at + 27] ?? 0),
    idStart: at + factBytes,
  };
  return { place, end };
};

/** As if it had been written without facts: all zero but the mode. */
const forgetFacts = ({ bytes, idStart }: IndexPlace): void => {
  const start = idStart - factBytes;
  bytes.fill(0, start, start + modeAt).fill(0, start + modeAt + 4, idStart);
};

/** Entries end with at least one NUL, at a multiple of eight. */
const paddedBytes = (bytes: number): number => (bytes + 8) & ~7;

const entryOf = (name: Buffer, { mode, id, stats }: IndexFile): Buffer => {
  const entry = Buffer.alloc(paddedBytes(factBytes + id.length + 2 + name.length));
  entry.writeUInt32BE(mode, modeAt);
  if (stats !== undefined) {
    const write = (value: bigint, at: number) => entry.writeUInt32BE(Number(BigInt.asUintN(32, value)), at);
    write(stats.ctimeNs / billion, 0);
    write(stats.ctimeNs % billion, 4);
    write(stats.mtimeNs / billion, 8);
    write(stats.mtimeNs % billion, 12);
    // On Windows git knows none of these.
    if (process.platform !== 'win32') {
      write(stats.dev, 16);
      write(stats.ino, 20);
      write(stats.uid, 28);
      write(stats.gid, 32);
    }
    write(stats.size, 36);
  }
  id.copy(entry, factBytes);
  entry.writeUInt16BE(Math.min(name.length, nameBits), factBytes + id.length);
  name.copy(entry, factBytes + id.length + 2);
  return entry;
};

const billion = 1_000_000_000n;
