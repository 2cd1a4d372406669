import { open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the looks of a process have found, and have stored for it. */
interface Found {
  /** The tree of the files: what the index of the looks says. */
  readonly tree: string;
  readonly storedBytes: number;
  readonly packs: number;
}

/**
 * Says whether index and objects of the looks can be gone on with by another process, after a restart: a note that is
 * taken away before anything of them is changed, and written when all of it is in its place. A process that is killed
 * leaves none, or one that is true. What survives a loss of power, and in which order, nobody says: so the note is only
 * good as long as the system has not started anew, and where the system does not tell that, for nobody.
 */
export interface KeptLook {
  /** What there is to go on with; undefined when there is nothing that is certain. */
  find(base: string): Promise<Found | undefined>;
  /** Before anything is changed. */
  forget(): Promise<void>;
  /** A failure is none of the look's. */
  keep(base: string, found: Found): Promise<void>;
}

/** Changes when a note would be read otherwise, or a look finds otherwise. */
const format = 1;

export const createKeptLook = (scratch: string): KeptLook => {
  const note = join(scratch, 'kept');

  /** All that has to be the same. */
  const surroundings = async (base: string): Promise<string | undefined> => {
    const boot = await bootOf();
    if (boot === undefined) return undefined;
    const seal = await sealOf(join(scratch, 'index'), base.length / 2);
    const objects = (await readdir(join(scratch, 'objects', 'pack'))).sort();
    return [format, boot, base, seal, ...objects, ''].join('\n');
  };

  return {
    async find(base) {
      try {
        const [, tree = '', bytes, packs, rest] =
          /^(\S+) (\d+) (\d+)\n(.*)$/s.exec(await readFile(note, 'utf8')) ?? [];
        if (rest === undefined || rest !== (await surroundings(base))) return undefined;
        return { tree, storedBytes: Number(bytes), packs: Number(packs) };
      } catch {
        return undefined;
      }
    },

    forget: () => rm(note, { force: true }),

    async keep(base, { tree, storedBytes, packs }) {
      try {
        const rest = await surroundings(base);
        if (rest === undefined) return;
        await writeFile(`${note}.new`, `${tree} ${storedBytes} ${packs}\n${rest}`, { mode: 0o600 });
        await rename(`${note}.new`, note);
      } catch {
        // Then whoever comes next begins anew.
      }
    },
  };
};

/** Another one each time the system starts. */
const bootOf = async (): Promise<string | undefined> => {
  const said = await readFile('/proc/sys/kernel/random/boot_id', 'latin1').catch(() => '');
  return said.trim() || undefined;
};

/** The hash of all that stands in an index, with which it ends. */
const sealOf = async (index: string, bytes: number): Promise<string> => {
  const file = await open(index, 'r');
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, size - bytes);
    return buffer.toString('hex', 0, bytesRead);
  } finally {
    await file.close();
  }
};
