import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the tools of this machine read which server runs on a state directory. */
const serverFileIn = (stateDir: string): string => join(stateDir, 'server.json');

/** Tells where this server is; whole or not at all. */
export const announceServer = async (stateDir: string, url: string): Promise<void> => {
  const file = serverFileIn(stateDir);
  const next = `${file}.${process.pid}`;
  await writeFile(next, `${JSON.stringify({ url, pid: process.pid })}\n`, { mode: 0o600 });
  await rename(next, file);
};

export const withdrawServer = (stateDir: string): Promise<void> =>
  rm(serverFileIn(stateDir), { force: true });
