import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const ServerFile = z.object({ url: z.string().url(), pid: z.number().int().positive() });
type ServerFile = z.infer<typeof ServerFile>;

/** The server that runs on a state directory, by its own word; undefined when none does. */
export const findLocalServer = async (stateDir: string): Promise<ServerFile | undefined> => {
  const text = await readFile(join(stateDir, 'server.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const server = ServerFile.parse(JSON.parse(text));
    return isAlive(server.pid) ? server : undefined;
  } catch {
    // Half written or of another release: no help, and no reason to fail.
    return undefined;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, but somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};
