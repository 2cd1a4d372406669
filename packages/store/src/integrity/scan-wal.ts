import { closeSync, openSync, readSync } from 'node:fs';

const headerBytes = 32;
const frameHeaderBytes = 24;
/** The two magic numbers differ in the byte order that checksums are computed in. */
const littleEndianMagic = 0x377f0682;
const bigEndianMagic = 0x377f0683;
const indexVersion = 3_007_000;

/** What a write-ahead log holds, judged without SQLite. */
export interface WalReport {
  /** Pages that its whole transactions replace, as far as SQLite will read them. */
  readonly pages: ReadonlySet<number>;
  /** The size of the database after the last of them, in pages; undefined when there is none. */
  readonly databasePages: number | undefined;
  /** Transactions that were committed and that SQLite would drop without a word, at least. */
  readonly dropped: number;
}

/**
 * Reads a write-ahead log as SQLite's recovery does: up to the first frame whose checksum does not follow from the one
 * before. SQLite takes all behind it for a write that a crash cut short. It is not, when whole transactions follow
 * that belong to this log, or when the index beside it says that more was committed: then a frame was damaged later.
 */
export const scanWal = (databasePath: string): WalReport => {
  const index = readIndex(`${databasePath}-shm`);
  const nothing: WalReport = { pages: new Set(), databasePages: undefined, dropped: 0 };
  const file = openExisting(`${databasePath}-wal`);
  if (file === undefined) return { ...nothing, dropped: isBehind(index, undefined, 0) ? 1 : 0 };
  try {
    const header = Buffer.alloc(headerBytes);
    const isHeader = readSync(file, header, 0, headerBytes, 0) === headerBytes;
    if (!isHeader) return { ...nothing, dropped: isBehind(index, undefined, 0) ? 1 : 0 };
    return scanFrames(file, header, index);
  } finally {
    closeSync(file);
  }
};

const scanFrames = (file: number, header: Buffer, index: WalIndex | undefined): WalReport => {
  const magic = header.readUInt32BE(0);
  // A header that was damaged must not hide the frames: their byte order is guessed, their salts are those they have.
  const littleEndian = magic !== bigEndianMagic;
  const pageBytes = readPageSize(header);
  const start = checksum(header.subarray(0, 24), littleEndian, [0, 0]);
  const isSoundHeader =
    (magic === littleEndianMagic || magic === bigEndianMagic) &&
    start[0] === header.readUInt32BE(24) &&
    start[1] === header.readUInt32BE(28);

  const pages = new Set<number>();
  let uncommitted: number[] = [];
  let databasePages: number | undefined;
  let committedFrames = 0;
  let salt = header.subarray(16, 24);
  let isSound = isSoundHeader;
  let stored: Checksum = start;
  /** Behind the first frame that is not sound: whether all frames since the last commit follow from each other. */
  let isWhole = false;
  let later = 0;
  const frame = Buffer.alloc(frameHeaderBytes + pageBytes);
  for (let number = 1; ; number++) {
    const at = headerBytes + (number - 1) * frame.length;
    if (readSync(file, frame, 0, frame.length, at) < frame.length) break;
    if (number === 1 && !isSoundHeader) salt = Buffer.from(frame.subarray(8, 16));
    const isOurs = salt.equals(frame.subarray(8, 16)) && frame.readUInt32BE(0) > 0;
    const told: Checksum = [frame.readUInt32BE(16), frame.readUInt32BE(20)];
    const found = checksum(
      frame.subarray(frameHeaderBytes),
      littleEndian,
      checksum(frame.subarray(0, 8), littleEndian, stored),
    );
    const follows = isOurs && found[0] === told[0] && found[1] === told[1];
    const size = frame.readUInt32BE(4);
    stored = told;
    if (isSound && follows) {
      uncommitted.push(frame.readUInt32BE(0));
      if (size === 0) continue;
      for (const page of uncommitted) pages.add(page);
      uncommitted = [];
      databasePages = size;
      committedFrames = number;
      continue;
    }
    // The transaction with the first unsound frame ends at the next commit; those behind it are whole or not.
    isSound = false;
    if (!follows) isWhole = false;
    if (!isOurs || size === 0) continue;
    if (isWhole) later++;
    isWhole = true;
  }
  const dropped =
    later > 0 ? later + 1 : isBehind(index, isSoundHeader ? salt : undefined, committedFrames) ? 1 : 0;
  return { pages, databasePages, dropped };
};

/** What SQLite remembers of the log in the file that its processes share; a process that was killed leaves it behind. */
interface WalIndex {
  readonly committedFrames: number;
  readonly framesInDatabase: number;
  readonly salt: Buffer;
}

const readIndex = (path: string): WalIndex | undefined => {
  const file = openExisting(path);
  if (file === undefined) return undefined;
  try {
    const bytes = Buffer.alloc(100);
    if (readSync(file, bytes, 0, bytes.length, 0) < bytes.length) return undefined;
    const header = bytes.subarray(0, 48);
    const sum = checksum(header.subarray(0, 40), isLittleEndianHost, [0, 0]);
    const isWritten =
      header.equals(bytes.subarray(48, 96)) &&
      readNative(bytes, 0) === indexVersion &&
      sum[0] === readNative(bytes, 40) &&
      sum[1] === readNative(bytes, 44);
    if (!isWritten) return undefined;
    return {
      committedFrames: readNative(bytes, 16),
      framesInDatabase: readNative(bytes, 96),
      salt: header.subarray(32, 40),
    };
  } finally {
    closeSync(file);
  }
};

/** Whether the index knows of commits that are neither in the database nor among the frames that can be read. */
const isBehind = (index: WalIndex | undefined, salt: Buffer | undefined, readable: number): boolean => {
  if (index === undefined || index.committedFrames <= readable) return false;
  // Another log: the index is of one that is in the database altogether, or of none that is left.
  if (salt !== undefined && !salt.equals(index.salt)) return false;
  return index.framesInDatabase < index.committedFrames || salt !== undefined;
};

type Checksum = readonly [number, number];

/** SQLite's: two sums over pairs of 32-bit words, each taking in the other. */
const checksum = (bytes: Buffer, littleEndian: boolean, [one, two]: Checksum): Checksum => {
  let first = one;
  let second = two;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += 8) {
    first = (first + view.getUint32(at, littleEndian) + second) >>> 0;
    second = (second + view.getUint32(at + 4, littleEndian) + first) >>> 0;
  }
  return [first, second];
};

const readPageSize = (header: Buffer): number => {
  const told = header.readUInt32BE(8);
  const isPossible = told >= 512 && told <= 65_536 && (told & (told - 1)) === 0;
  return isPossible ? told : 4096;
};

const isLittleEndianHost = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const readNative = (bytes: Buffer, at: number): number =>
  isLittleEndianHost ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);

const openExisting = (path: string): number | undefined => {
  try {
    return openSync(path, 'r');
  } catch (failure) {
    if (failure instanceof Error && 'code' in failure && failure.code === 'ENOENT') return undefined;
    throw failure;
  }
};
