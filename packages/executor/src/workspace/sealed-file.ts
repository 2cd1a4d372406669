import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

const pieceBytes = 256 * 1024;

/** The hash that names objects whose ids have so many bytes. */
export const hashOf = (idBytes: number): Hash => createHash(idBytes === 32 ? 'sha256' : 'sha1');

/** Ends a file of git's with the hash of all that stands in it; gives the hash. The file is read again, a piece a turn. */
export const seal = async (file: FileHandle, length: number, idBytes: number): Promise<Buffer> => {
  const hash = hashOf(idBytes);
  const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, length));
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(pieceBytes, length - at), at);
    if (bytesRead === 0) throw new Error('A file that is written is shorter than what was written.');
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  const digest = hash.digest();
  await file.write(digest, 0, digest.length, length);
  await file.truncate(length + digest.length);
  return digest;
};
