import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { constants, crc32, createDeflate, deflateSync } from 'node:zlib';
import { hashOf, seal } from './sealed-file.ts';

/** A kind of object, by its number in a pack. */
const kinds = { tree: 2, blob: 3 } as const;
type Kind = keyof typeof kinds;

/** How much waits in memory to be written. */
const waitingBytes = 512 * 1024;
/** How much is compressed in one turn: a few milliseconds. */
const turnBytes = 96 * 1024;
/** How many objects are put in order in one turn. */
const turnObjects = 2_000;

/**
 * Writes objects into one pack of git's. An object of its own each would cost a file for every change, and for every
 * directory above it.
 */
export interface PackFile {
  /** Adds what is held whole; gives the id. What is known is left out. */
  add(kind: Kind, bytes: Buffer, isKnown?: IsKnown): Promise<Buffer>;
  /** Adds a blob of so many bytes, piece by piece; gives its id, or undefined when there are fewer. */
  addLarge(size: number, pieces: AsyncIterable<Buffer>, isKnown: IsKnown): Promise<Buffer | undefined>;
  /** Puts the pack into the object store, if there is anything in it; gives its size in bytes. */
  finish(): Promise<number>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

type IsKnown = (id: Buffer) => boolean;

interface Packed {
  readonly id: Buffer;
  readonly crc: number;
  readonly offset: number;
}

export const createPackFile = (objects: string, idBytes: number): PackFile => {
  const folder = join(objects, 'pack');
  const draft = join(folder, `tmp_${randomUUID()}`);
  const packed = new Map<string, Packed>();
  let file: FileHandle | undefined;
  let waiting: Buffer[] = [];
  let waits = 0;
  /** Where the next piece goes. */
  let end = headBytes;
  let flushed = headBytes;
  let sinceTurn = 0;

  const flush = async (): Promise<void> => {
    const pieces = waiting;
    const at = flushed;
    waiting = [];
    waits = 0;
    flushed = end;
    if (pieces.length === 0) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    file ??= await open(draft, 'wx+', 0o600);
    await file.writev(pieces, at);
  };
  const put = async (piece: Buffer): Promise<void> => {
    waiting.push(piece);
    waits += piece.length;
    end += piece.length;
    if (waits > waitingBytes) await flush();
  };
  const mayTakeLong = async (bytes: number): Promise<void> => {
    sinceTurn += bytes;
    if (sinceTurn < turnBytes) return;
    sinceTurn = 0;
    await breathe();
  };

  const discard = async (): Promise<void> => {
    await file?.close();
    file = undefined;
    await rm(draft, { force: true });
  };

  return {
    discard,

    async add(kind, bytes, isKnown) {
      const id = hashOf(idBytes).update(`${kind} ${bytes.length}\0`).update(bytes).digest();
      const name = id.toString('latin1');
      await mayTakeLong(bytes.length);
      if (packed.has(name) || isKnown?.(id) === true) return id;
      // Ids do not compress, and lists of them go with the next tidying up.
      const level = kind === 'tree' ? constants.Z_NO_COMPRESSION : constants.Z_BEST_SPEED;
      const entry = Buffer.concat([
        entryHead(kind, bytes.length),
        deflateSync(bytes, { level, ...roomFor(bytes.length) }),
      ]);
      packed.set(name, { id, crc: crc32(entry), offset: end });
      await put(entry);
      return id;
    },

    async addLarge(size, pieces, isKnown) {
      await flush();
      const start = end;
      const hash = hashOf(idBytes).update(`blob ${size}\0`);
      const head = entryHead('blob', size);
      let crc = crc32(head);
      let length = 0;
      await put(head);
      const deflate = createDeflate({ level: constants.Z_BEST_SPEED });
      const feed = async (): Promise<void> => {
        for await (const piece of pieces) {
          hash.update(piece);
          length += piece.length;
          if (!deflate.write(piece)) await new Promise((resolve) => deflate.once('drain', resolve));
        }
        deflate.end();
      };
      const fed = feed().catch((error: unknown) => {
        deflate.destroy(error instanceof Error ? error : new Error(String(error)));
      });
      for await (const piece of deflate as AsyncIterable<Buffer>) {
        crc = crc32(piece, crc);
        await put(piece);
      }
      await fed;
      await flush();
      const id = hash.digest();
      const name = id.toString('latin1');
      const isWhole = length === size;
      if (isWhole && !packed.has(name) && !isKnown(id)) packed.set(name, { id, crc, offset: start });
      else {
        // What comes next is written over it.
        end = start;
        flushed = start;
      }
      return isWhole ? id : undefined;
    },

    async finish() {
      if (packed.size === 0) {
        await discard();
        return 0;
      }
      await flush();
      if (file === undefined) return 0;
      await file.write(packHead(packed.size), 0, headBytes, 0);
      const seals = await seal(file, end, idBytes);
      await file.close();
      file = undefined;
      const name = join(folder, `pack-${seals.toString('hex')}`);
      await rename(draft, `${name}.pack`);
      const index = Buffer.concat([...(await packIndex([...packed.values()], seals)), seals]);
      const whole = Buffer.concat([index, hashOf(idBytes).update(index).digest()]);
      // Git looks for indexes: it comes last, and under its name when it is whole.
      await writeFile(`${draft}.idx`, whole, { mode: 0o600 });
      await rename(`${draft}.idx`, `${name}.idx`);
      return end;
    },
  };
};

const headBytes = 12;

/** No more memory than so many bytes need: by default it is a quarter of a megabyte, made and thrown away for each. */
const roomFor = (bytes: number) => {
  const windowBits = Math.min(15, Math.max(9, 32 - Math.clz32(bytes + 262)));
  return { windowBits, memLevel: windowBits - 7, chunkSize: Math.min(bytes + 128, 16 * 1024) };
};

const packHead = (count: number): Buffer => {
  const head = Buffer.alloc(headBytes);
  head.write('PACK', 'latin1');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(count, 8);
  return head;
};

/** Kind and size: four bits of the size beside the kind, seven in each byte that follows, the lowest first. */
const entryHead = (kind: Kind, size: number): Buffer => {
  const bytes: number[] = [];
  let byte = (kinds[kind] << 4) | (size & 0x0f);
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(byte | 0x80);
    byte = rest & 0x7f;
  }
  bytes.push(byte);
  return Buffer.from(bytes);
};

/** Version 2 of a pack's index, without its end: how many ids begin with each byte or less, ids, checksums, places. */
const packIndex = async (packed: readonly Packed[], { length: idBytes }: Buffer): Promise<Buffer[]> => {
  const byFirst: Packed[][] = Array.from({ length: 256 }, () => []);
  for (const object of packed) byFirst[object.id[0] ?? 0]?.push(object);
  const fanout = Buffer.alloc(8 + 256 * 4);
  fanout.writeUInt32BE(0xff744f63, 0);
  fanout.writeUInt32BE(2, 4);
  const ids = Buffer.alloc(packed.length * idBytes);
  const checksums = Buffer.alloc(packed.length * 4);
  const places = Buffer.alloc(packed.length * 4);
  const farPlaces: Buffer[] = [];
  let place = 0;
  let turnEnds = turnObjects;
  for (const [first, objects] of byFirst.entries()) {
    if (place > turnEnds) {
      turnEnds = place + turnObjects;
      await breathe();
    }
    for (const { id, crc, offset } of objects.sort((one, other) => one.id.compare(other.id))) {
      id.copy(ids, place * idBytes);
      checksums.writeUInt32BE(crc, place * 4);
      if (offset < 0x80000000) places.writeUInt32BE(offset, place * 4);
      else {
        places.writeUInt32BE(0x80000000 + farPlaces.length, place * 4);
        const far = Buffer.alloc(8);
        far.writeBigUInt64BE(BigInt(offset));
        farPlaces.push(far);
      }
      place += 1;
    }
    fanout.writeUInt32BE(place, 8 + first * 4);
  }
  return [fanout, ids, checksums, places, ...farPlaces];
};
