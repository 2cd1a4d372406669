import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

const listening = '0A';

/**
 * Who listens on a TCP port of this machine, as `process 42 (node)`; undefined when the host does not tell: only Linux
 * does, in the tables of proc(5).
 */
export const portHolder = async (port: number): Promise<string | undefined> => {
  const inodes = new Set((await Promise.all(['tcp', 'tcp6'].map((table) => socketsOn(table, port)))).flat());
  if (inodes.size === 0) return undefined;
  for (const pid of (await list('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const descriptor of await list(`/proc/${pid}/fd`)) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode === undefined || !inodes.has(inode)) continue;
      const name = await programOf(pid);
      return `process ${pid}${name === '' ? '' : ` (${name})`}`;
    }
  }
  return undefined;
};

/** The program and its first argument, as in `node ah.js`; the rest of a command line may hold secrets. */
const programOf = async (pid: string): Promise<string> => {
  const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  return argv
    .slice(0, 2)
    .filter((part) => part !== '' && !part.startsWith('-'))
    .map((part) => basename(part))
    .join(' ');
};

const socketsOn = async (table: string, port: number): Promise<string[]> => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = await readFile(`/proc/net/${table}`, 'utf8').catch(() => '');
  return rows.split('\n').flatMap((row) => {
    const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
    return local?.endsWith(`:${hex}`) && state === listening && inode !== undefined ? [inode] : [];
  });
};

const list = (path: string): Promise<string[]> => readdir(path).catch(() => []);
