import type { TreeEntry } from '@agent-harbor/core';
import { type Git, slowMs, splitNul } from './git.ts';

/** An entry, and the object it is. */
export interface ListedEntry extends TreeEntry {
  readonly id: string;
  readonly isExecutable: boolean;
}

/**
 * Every path of a tree, by path. The output is read piece by piece as it comes, so a large tree holds nobody up for
 * long.
 */
export const listTree = async (
  git: Git,
  base: string,
  tree: string,
  signal: AbortSignal | undefined,
): Promise<readonly ListedEntry[]> => {
  const changed = await changedPaths(git, base, tree, signal);
  const entries: ListedEntry[] = [];
  let isSorted = true;
  const take = (record: Buffer) => {
    const tab = record.indexOf(0x09);
    const [mode = '', , id = ''] = record.toString('latin1', 0, tab).split(' ');
    const path = record.toString('utf8', tab + 1);
    const last = entries.at(-1)?.path;
    if (last !== undefined && last > path) isSorted = false;
    entries.push({
      path,
      kind: kinds[mode] ?? 'file',
      isModified: changed.has(path),
      id,
      isExecutable: mode === '100755',
    });
  };
  await eachRecord(git, ['ls-tree', '-r', '-z', '--full-tree', tree], take, signal);
  // Git sorts by bytes, callers by code units: they differ beyond U+FFFF only.
  return isSorted ? entries : entries.sort((one, other) => (one.path < other.path ? -1 : 1));
};

const kinds: Readonly<Record<string, TreeEntry['kind']>> = { '120000': 'symlink', '160000': 'submodule' };

const changedPaths = async (
  git: Git,
  base: string,
  tree: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> => {
  if (base === tree) return new Set();
  const { stdout } = await git.run(['diff-tree', '-r', '-z', '--name-only', '--no-renames', base, tree], {
    signal,
  });
  return new Set(splitNul(stdout).map((name) => name.toString('utf8')));
};

/** How much there is in the files of a tree. */
export interface TreeSizes {
  /** All of them together, bytes. */
  readonly total: number;
  /** Those above `largeBytes`. */
  readonly large: ReadonlySet<string>;
}

export const treeSizes = async (
  git: Git,
  tree: string,
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
  await eachRecord(git, ['ls-tree', '-r', '-z', '-l', '--full-tree', tree], take, signal);
  return { total, large };
};

/** Hands out records that end with NUL, as they come. */
const eachRecord = async (
  git: Git,
  args: readonly string[],
  take: (record: Buffer) => void,
  signal: AbortSignal | undefined,
): Promise<void> => {
  let rest: Buffer = Buffer.alloc(0);
  await git.run(args, {
    signal,
    timeoutMs: slowMs,
    output: (chunk) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let start = 0;
      for (let end = bytes.indexOf(0); end !== -1; end = bytes.indexOf(0, start)) {
        take(bytes.subarray(start, end));
        start = end + 1;
      }
      rest = bytes.subarray(start);
    },
  });
};
