import type { IndexPlace } from './index-file.ts';
import type { PackFile } from './pack-file.ts';

/** The trees of directories by their path, without the top one. Paths are bytes, one character each. */
export type DirectoryTrees = Map<string, Buffer>;

/** A tree while its entries come. */
interface Draft {
  bytes: Buffer;
  length: number;
  /** Where the ids of those below it go. */
  readonly below: Map<string, number>;
}

/**
 * Makes the trees of directories in which something changed, of the entries of an index as they come, and leaves the
 * others as they are.
 */
export const createTreeObjects = (changed: ReadonlySet<string>, idBytes: number) => {
  const drafts = new Map<string, Draft>(
    [...changed].map((path) => [path, { bytes: Buffer.alloc(0), length: 0, below: new Map() }]),
  );
  let last: string | undefined;
  let into: Draft | undefined;

  /** Adds an entry without its id; gives the place of that. */
  const begin = (draft: Draft, mode: Buffer, name: Buffer, from: number, to: number): number => {
    const idStart = draft.length + mode.length + to - from + 1;
    if (idStart + idBytes > draft.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(1_024, 2 * (idStart + idBytes)));
      draft.bytes.copy(larger, 0, 0, draft.length);
      draft.bytes = larger;
    }
    mode.copy(draft.bytes, draft.length);
    name.copy(draft.bytes, idStart - 1 - (to - from), from, to);
    draft.bytes[idStart - 1] = 0;
    draft.length = idStart + idBytes;
    return idStart;
  };

  /** What a directory is to those above it that changed. */
  const mention = (path: string): void => {
    for (let child = path; child !== ''; ) {
      const parent = parentOf(child);
      const draft = drafts.get(parent);
      if (draft !== undefined) {
        if (draft.below.has(child)) return;
        const name = Buffer.from(child.slice(child.lastIndexOf('/') + 1), 'latin1');
        draft.below.set(child, begin(draft, directoryMode, name, 0, name.length));
      }
      child = parent;
    }
  };

  return {
    /** The next entry, in git's order: files and directories of a tree come in the same one. */
    take({ bytes, directory, nameStart, nameEnd, mode, idStart }: IndexPlace): void {
      if (directory !== last) {
        last = directory;
        mention(directory);
        into = drafts.get(directory);
      }
      if (into === undefined) return;
      const from = nameStart + (directory === '' ? 0 : directory.length + 1);
      const at = begin(into, mode === 0o100644 ? fileMode : modeBytes(mode), bytes, from, nameEnd);
      bytes.copy(into.bytes, at, idStart, idStart + idBytes);
    },

    /** Writes the trees, notes them in `trees`, and gives that of the top. */
    async write(pack: PackFile, trees: DirectoryTrees): Promise<Buffer> {
      const deepestFirst = [...drafts].sort(([one], [other]) => depthOf(other) - depthOf(one));
      let top: Buffer = Buffer.alloc(0);
      for (const [path, { bytes, length, below }] of deepestFirst) {
        for (const [child, at] of below) {
          const id = trees.get(child);
          if (id === undefined) throw new Error(`No tree is known of ${JSON.stringify(child)}.`);
          id.copy(bytes, at);
        }
        if (path === '') top = await pack.add('tree', bytes.subarray(0, length));
        else if (length > 0) trees.set(path, await pack.add('tree', bytes.subarray(0, length)));
        else trees.delete(path);
      }
      return top;
    },
  };
};

/** As it stands before a name. */
const modeBytes = (mode: number): Buffer => Buffer.from(`${mode.toString(8)} `, 'latin1');
const fileMode = modeBytes(0o100644);
const directoryMode = modeBytes(0o40000);

/** The directory something is in; that of the top is ''. */
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

const depthOf = (path: string): number => (path === '' ? 0 : path.split('/').length);
