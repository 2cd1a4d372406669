import type { TreeEntry, WorkspaceTree } from '../executor/workspace-look.ts';

/** A directory of a workspace, with what is known of everything below it. */
export interface DirectoryEntry {
  readonly path: string;
  readonly fileCount: number;
  readonly isModified: boolean;
}

/** What paths are searched by: made once for each state of a workspace. */
export interface PathIndex {
  readonly files: readonly Indexed<TreeEntry>[];
  /** By path, without the top one. */
  readonly directories: readonly Indexed<DirectoryEntry>[];
}

/** An entry with what makes most comparisons needless. */
export interface Indexed<Entry> {
  readonly entry: Entry;
  readonly lower: string;
  /** Which characters occur, a bit each: what lacks one of a word cannot have the word. */
  readonly mask: number;
}

/** How many entries are worked on between two breaths: a few milliseconds at most. */
export const sliceSize = 2_000;

const known = new WeakMap<WorkspaceTree, Promise<PathIndex>>();

/** The index of a tree, made when it is asked for first. */
export const pathIndexOf = (tree: WorkspaceTree): Promise<PathIndex> => {
  const made = known.get(tree) ?? makeIndex(tree);
  known.set(tree, made);
  // One that failed is made again.
  made.catch(() => known.delete(tree));
  return made;
};

/** What stayed as it was from one state to the next is the same entry, and is not looked at again. */
const ofEntry = new WeakMap<TreeEntry, Indexed<TreeEntry>>();

const makeIndex = async (tree: WorkspaceTree): Promise<PathIndex> => {
  const files: Indexed<TreeEntry>[] = [];
  const directories = new Map<string, { fileCount: number; isModified: boolean }>();
  for (const [place, entry] of tree.entries.entries()) {
    if (place % sliceSize === sliceSize - 1) await tree.breathe();
    const file = ofEntry.get(entry) ?? indexed(entry);
    ofEntry.set(entry, file);
    files.push(file);
    for (let slash = entry.path.lastIndexOf('/'); slash > 0; slash = entry.path.lastIndexOf('/', slash - 1)) {
      const path = entry.path.slice(0, slash);
      const directory = directories.get(path);
      if (directory === undefined) directories.set(path, { fileCount: 1, isModified: entry.isModified });
      else {
        directory.fileCount += 1;
        directory.isModified ||= entry.isModified;
      }
    }
  }
  await tree.breathe();
  const sorted = [...directories].map(([path, facts]) => indexed({ path, ...facts }));
  return { files, directories: sorted.sort((one, other) => (one.entry.path < other.entry.path ? -1 : 1)) };
};

const indexed = <Entry extends { readonly path: string }>(entry: Entry): Indexed<Entry> => {
  const lower = entry.path.toLowerCase();
  return { entry, lower, mask: maskOf(lower) };
};

/** A bit for each letter, one for digits, one for everything else that is no separator. */
export const maskOf = (lower: string): number => {
  let mask = 0;
  for (let index = 0; index < lower.length; index++) {
    const code = lower.charCodeAt(index);
    if (code >= 0x61 && code <= 0x7a) mask |= 1 << (code - 0x61);
    else if (code >= 0x30 && code <= 0x39) mask |= 1 << 26;
    else if (code > 0x7f) mask |= 1 << 27;
  }
  return mask;
};
