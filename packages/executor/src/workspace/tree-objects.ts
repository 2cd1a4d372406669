import type { IndexPlace } from './index-file.ts';
import type { PackFile } from './pack-file.ts';

/** The trees of directories by their path, without the top one. Paths are bytes, one character each. */
export type DirectoryTrees = Map<string, Buffer>;

/** A tree while its entries come. */
interface Draft {
  readonly entries: Buffer[];
  /** Of those below it, where in `entries` each stands. */
  readonly below: Map<string, number>;
}

/**
 * Makes the trees of directories in which something changed, of the entries of an index as they come, and leaves the
 * others as they are.
 */
export const createTreeObjects = (changed: ReadonlySet<string>, idBytes: number) => {
  const drafts = new Map<string, Draft>(
    [...changed].map((path) => [path, { entries: [], below: new Map() }]),
  );
  let last: string | undefined;
  let into: Draft | undefined;

  /** What a directory is to those above it that changed. */
  const mention = (path: string): void => {
    for (let child = path; child !== ''; ) {
      const parent = parentOf(child);
      const draft = drafts.get(parent);
      if (draft !== undefined) {
        if (draft.below.has(child)) return;
        draft.below.set(child, draft.entries.length);
        draft.entries.push(Buffer.alloc(0));
      }
      child = parent;
    }
  };

  const enter = (path: string): void => {
    if (path === last) return;
    last = path;
    mention(path);
    into = drafts.get(path);
  };

  return {
    /** The next entry, in git's order: files and directories of a tree come in the same one. */
    take(place: IndexPlace): void {
      const { bytes, directory, nameStart, nameEnd, mode, idStart } = place;
      enter(directory);
      if (into === undefined) return;
      const head = mode === 0o100644 ? plainFile : Buffer.from(`${mode.toString(8)} `);
      const from = nameStart + (directory === '' ? 0 : directory.length + 1);
      const entry = Buffer.allocUnsafe(head.length + nameEnd - from + 1 + idBytes);
      head.copy(entry);
      bytes.copy(entry, head.length, from, nameEnd);
      entry[head.length + nameEnd - from] = 0;
      bytes.copy(entry, entry.length - idBytes, idStart, idStart + idBytes);
      into.entries.push(entry);
    },

    /** Writes the trees, notes them in `trees`, and gives that of the top. */
    async write(pack: PackFile, trees: DirectoryTrees): Promise<Buffer> {
      const deepestFirst = [...drafts].sort(([one], [other]) => depthOf(other) - depthOf(one));
      let top: Buffer = Buffer.alloc(0);
      for (const [path, { entries, below }] of deepestFirst) {
        for (const [child, at] of below) {
          const id = trees.get(child);
          if (id === undefined) throw new Error(`No tree is known of ${JSON.stringify(child)}.`);
          const name = child.slice(child.lastIndexOf('/') + 1);
          entries[at] = Buffer.concat([Buffer.from(`40000 ${name}\0`, 'latin1'), id]);
        }
        if (path === '') top = await pack.add('tree', Buffer.concat(entries));
        else if (entries.length > 0) trees.set(path, await pack.add('tree', Buffer.concat(entries)));
        else trees.delete(path);
      }
      return top;
    },
  };
};

const plainFile = Buffer.from('100644 ');

/** The directory something is in; that of the top is ''. */
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

const depthOf = (path: string): number => (path === '' ? 0 : path.split('/').length);
