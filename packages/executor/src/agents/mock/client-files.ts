import { join } from 'node:path';
import * as acp from '@agentclientprotocol/sdk';
import type { WorkingFiles } from './working-files.ts';

/** Which of the files of the workspace the client reads and writes for its agents. */
export interface ClientFiles {
  readonly reads: boolean;
  readonly writes: boolean;
}

/**
 * Files as the client has them, which may be newer than those on the disk: text is read and written by the client,
 * where it does so. What is no text, and what removes a file, the protocol has no words for: that is done on the disk.
 */
export const createClientFiles = (
  client: acp.AgentContext,
  sessionId: string,
  cwd: string,
  { reads, writes }: ClientFiles,
  disk: WorkingFiles,
): WorkingFiles => ({
  ...disk,
  async read(path) {
    if (!reads) return disk.read(path);
    try {
      const { readTextFile } = acp.methods.client.fs;
      const { content } = await client.request(readTextFile, { sessionId, path: join(cwd, path) });
      // Bytes that are no text come as this character: then the file is read as it is.
      return content.includes('\uFFFD') ? await disk.read(path) : Buffer.from(content);
    } catch (error) {
      // Clients say in words of their own that there is no such file; the disk says so, too.
      if ((await disk.read(path)) === null) return null;
      throw new Error(`${path}: the client does not read it: ${wordsOf(error)}`);
    }
  },
  async write(path, bytes) {
    const content = writes && bytes !== null ? textOf(bytes) : undefined;
    if (content === undefined) return disk.write(path, bytes);
    try {
      const { writeTextFile } = acp.methods.client.fs;
      await client.request(writeTextFile, { sessionId, path: join(cwd, path), content });
    } catch (error) {
      throw new Error(`${path}: the client does not write it: ${wordsOf(error)}`);
    }
  },
});

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
};

/** What a client says of its failure: some have the words beside the message. */
const wordsOf = (error: unknown): string => {
  if (!(error instanceof acp.RequestError)) return error instanceof Error ? error.message : String(error);
  const { message, data } = error;
  return data === undefined ? message : `${message} (${JSON.stringify(data).slice(0, 1024)})`;
};
