import { setImmediate as breathe } from 'node:timers/promises';
import type { TreeEntry } from '@agent-harbor/core';
import { sizesOf } from './blobs.ts';
import type { Git } from './git.ts';
import { eachRecord } from './git-records.ts';

/** An entry, and the object it is. */
export interface ListedEntry extends TreeEntry {
  readonly id: string;
  readonly isExecutable: boolean;
}

/** How much there is in the files of a tree. */
export interface TreeSizes {
  /** All of them together, bytes. */
  readonly total: number;
  /** Those above the limit that was asked for. */
  readonly large: ReadonlySet<string>;
}

/**
 * What a session started from, listed once. Every later state of its files is this and what differs: a tree of 20,000
 * files with one edit costs one edit.
 */
export interface BaseList {
  readonly tree: string;
  /** By path, in code units. */
  readonly entries: readonly ListedEntry[];
}

/** A state of the files. */
export interface TreeList {
  /** By path, in code units; what is as in the base is the very entry of the base. */
  readonly entries: readonly ListedEntry[];
  /** What was there before and is not any more, or is otherwise. */
  readonly gone: readonly ListedEntry[];
  /** What is new or otherwise. */
  readonly come: readonly ListedEntry[];
}

/** Lists every path of a tree. The output is read piece by piece as it comes: a large tree holds nobody up for long. */
export const listBase = async (
  git: Git,
  tree: string,
  signal: AbortSignal | undefined,
): Promise<BaseList> => {
  const entries: ListedEntry[] = [];
  const take = (record: Buffer) => {
    const tab = record.indexOf(0x09);
    const [mode = '', , id = ''] = record.toString('latin1', 0, tab).split(' ');
    entries.push(entryOf(record.toString('utf8', tab + 1), mode, id, false));
  };
  await eachRecord(git, ['ls-tree', '-r', '-z', '--full-tree', tree], take, { signal });
  return { tree, entries: sorted(entries) };
};

/** Lists a tree by what differs from the base. */
export const listTree = async (
  git: Git,
  base: BaseList,
  tree: string,
  signal: AbortSignal | undefined,
): Promise<TreeList> => {
  if (base.tree === tree) return { entries: base.entries, gone: [], come: [] };
  const leaving = new Map<string, string[]>();
  const come: ListedEntry[] = [];
  let facts: string | undefined;
  const take = (record: Buffer) => {
    if (facts === undefined) {
      // `:<old mode> <new mode> <old object> <new object> <status>`, then the path.
      facts = record.toString('latin1', 1);
      return;
    }
    const [oldMode = '', newMode = '', oldId = '', newId = ''] = facts.split(' ');
    facts = undefined;
    const path = record.toString('utf8');
    if (oldMode !== noMode) leaving.set(path, [...(leaving.get(path) ?? []), oldId]);
    if (newMode !== noMode) come.push(entryOf(path, newMode, newId, true));
  };
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', base.tree, tree];
  await eachRecord(git, args, take, { signal });
  return { come, ...(await exchanged(base.entries, leaving, sorted(come))) };
};

const noMode = '000000';

/** How many entries are passed in one turn. */
const slice = 10_000;

const exchanged = async (
  before: readonly ListedEntry[],
  leaving: ReadonlyMap<string, string[]>,
  come: readonly ListedEntry[],
): Promise<Pick<TreeList, 'entries' | 'gone'>> => {
  const entries: ListedEntry[] = [];
  const gone: ListedEntry[] = [];
  let next = 0;
  for (const [place, entry] of before.entries()) {
    if (place % slice === slice - 1) await breathe();
    for (let added = come[next]; added !== undefined && added.path < entry.path; added = come[next]) {
      entries.push(added);
      next += 1;
    }
    // By its object too: names that are no UTF-8 may read alike.
    const ids = leaving.get(entry.path);
    const at = ids?.indexOf(entry.id) ?? -1;
    if (at === -1) entries.push(entry);
    else {
      ids?.splice(at, 1);
      gone.push(entry);
    }
  }
  for (const added of come.slice(next)) entries.push(added);
  return { entries, gone };
};

/** How much there is in the files of the base, those above `largeBytes` by path. */
export const baseSizes = async (
  git: Git,
  { tree }: BaseList,
  largeBytes: number,
  signal: AbortSignal | undefined,
): Promise<TreeSizes> => {
  let total = 0;
  const large = new Set<string>();
  const take = (record: Buffer) => {
    const tab = record.indexOf(0x09);
    const size = Number(record.toString('latin1', 0, tab).split(/ +/)[3]);
    // A submodule has none.
    if (!Number.isSafeInteger(size)) return;
    total += size;
    if (size > largeBytes) large.add(record.toString('utf8', tab + 1));
  };
  await eachRecord(git, ['ls-tree', '-r', '-z', '-l', '--full-tree', tree], take, { signal });
  return { total, large };
};

/** The same of a later state. */
export const treeSizes = async (
  git: Git,
  before: TreeSizes,
  { gone, come }: Pick<TreeList, 'gone' | 'come'>,
  largeBytes: number,
  signal: AbortSignal | undefined,
): Promise<TreeSizes> => {
  const stored = ({ kind }: ListedEntry): boolean => kind !== 'submodule';
  const sizes = await sizesOf(
    git,
    [...gone, ...come].filter(stored).map(({ id }) => id),
    signal,
  );
  const bytesOf = (entry: ListedEntry): number => (stored(entry) ? (sizes.get(entry.id) ?? 0) : 0);
  let { total } = before;
  const large = new Set(before.large);
  for (const entry of gone) {
    total -= bytesOf(entry);
    large.delete(entry.path);
  }
  for (const entry of come) {
    total += bytesOf(entry);
    if (bytesOf(entry) > largeBytes) large.add(entry.path);
  }
  return { total, large };
};

const entryOf = (path: string, mode: string, id: string, isModified: boolean): ListedEntry => ({
  path,
  kind: kinds[mode] ?? 'file',
  isModified,
  id,
  isExecutable: mode === '100755',
});

const kinds: Readonly<Record<string, TreeEntry['kind']>> = { '120000': 'symlink', '160000': 'submodule' };

/** Git sorts by bytes, callers by code units: they differ beyond U+FFFF only. */
const sorted = (entries: ListedEntry[]): ListedEntry[] => {
  const isSorted = entries.every(
    (entry, place) => place === 0 || (entries[place - 1]?.path ?? '') <= entry.path,
  );
  return isSorted ? entries : entries.sort((one, other) => (one.path < other.path ? -1 : 1));
};
