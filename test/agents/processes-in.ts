import { readdirSync, readlinkSync } from 'node:fs';

/** Processes that work in a folder, by what the system says of them. */
export const processesIn = (folder: string): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
