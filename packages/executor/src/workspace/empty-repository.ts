import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes the repository of a workspace without a source, and gives the tree its changes are told against. */
export type MakeEmptyRepository = (gitDir: string, signal?: AbortSignal) => Promise<string>;

/**
 * They are all the same: the first one is made by git, in several commands, and is written down again for the others.
 * Nothing in it names its place.
 */
export const rememberEmptyRepository = (make: MakeEmptyRepository): MakeEmptyRepository => {
  let known: { readonly baseTree: string; readonly entries: readonly Entry[] } | undefined;
  return async (gitDir, signal) => {
    if (known === undefined) {
      const baseTree = await make(gitDir, signal);
      known = { baseTree, entries: await readEntries(gitDir) };
      return baseTree;
    }
    await mkdir(gitDir);
    // Level by level would be as many waits as entries: every session without a repository begins here.
    const [folders, files] = [
      known.entries.filter(isFolder),
      known.entries.filter((entry) => !isFolder(entry)),
    ];
    await Promise.all(folders.map(({ path }) => mkdir(join(gitDir, path), { recursive: true })));
    await Promise.all(
      files.map(({ path, content = '', mode }) => writeFile(join(gitDir, path), content, { mode })),
    );
    return known.baseTree;
  };
};

/** A file of the repository, or a directory; one comes before what is in it. */
interface Entry {
  readonly path: string;
  readonly content?: Buffer;
  readonly mode?: number;
}

const isFolder = ({ content }: Entry): boolean => content === undefined;

const readEntries = async (root: string, below = ''): Promise<readonly Entry[]> => {
  const found = await readdir(join(root, below), { withFileTypes: true });
  const entries = await Promise.all(
    found.map(async (entry): Promise<readonly Entry[]> => {
      const path = join(below, entry.name);
      if (entry.isDirectory()) return [{ path }, ...(await readEntries(root, path))];
      // Objects are read-only, as git makes them.
      const mode = path.startsWith('objects') ? 0o444 : 0o644;
      return [{ path, content: await readFile(join(root, path)), mode }];
    }),
  );
  return entries.flat();
};
