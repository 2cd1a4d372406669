import { diffLimits } from '@agent-harbor/core';
import { comparison, type Difference, readRaw } from './compare.ts';
import { type Git, GitError, slowMs, splitNul } from './git.ts';
import { createPatchReader, type PatchText } from './patch-text.ts';
import { isLossy } from './resolve-inside.ts';

export interface PatchOptions {
  /** Only these differences; all when absent. */
  readonly only?: readonly Difference[];
  readonly context: number;
  readonly signal?: AbortSignal | undefined;
}

/** What every diff has, whoever reads it: our own settings, and nothing a repository could say. */
export const plainDiff = [
  '-r',
  '-M',
  '--full-index',
  '--no-abbrev',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--src-prefix=a/',
  '--dst-prefix=b/',
] as const;

/**
 * The unified diffs between two trees, by new path; each one, and all together, can be given to `git apply`. No more of
 * them is held than `diffLimits` allow; a file that is missing came behind the end of it.
 */
export const patchesBetween = async (
  git: Git,
  from: string,
  to: string,
  { only, context, signal }: PatchOptions,
): Promise<ReadonlyMap<string, PatchText>> => {
  if (from === to || only?.length === 0) return new Map();
  const enough = new AbortController();
  const reader = createPatchReader(only?.length === 1 ? diffLimits.all : diffLimits.each, diffLimits.all);
  let list: Buffer = Buffer.alloc(0);
  let isListed = false;
  const output = (chunk: Buffer): void => {
    let patch = chunk;
    if (!isListed) {
      list = Buffer.concat([list, chunk]);
      // An empty field stands between the list and the patch.
      const end = list.indexOf('\0\0');
      if (end === -1) return;
      isListed = true;
      patch = list.subarray(end + 2);
      list = list.subarray(0, end + 1);
    }
    if (!enough.signal.aborted && !reader.feed(patch)) enough.abort();
  };
  await git
    .run(
      [
        'diff-tree',
        '-z',
        '--raw',
        '--patch',
        `--unified=${context}`,
        ...plainDiff,
        from,
        to,
        '--',
        ...pathsOf(only),
      ],
      {
        config: comparison,
        output,
        timeoutMs: slowMs,
        signal: AbortSignal.any([enough.signal, ...(signal === undefined ? [] : [signal])]),
      },
    )
    .catch((error: unknown) => {
      const isEnough = enough.signal.aborted && signal?.aborted !== true;
      if (!isEnough || !(error instanceof GitError && error.failure === 'aborted')) throw error;
    });
  const sections = reader.end();
  const patches = new Map<string, PatchText>();
  const origins = new Map<string, string | undefined>();
  let at = 0;
  for (const { path, oldPath, oldMode, newMode } of readRaw(splitNul(list)).entries) {
    // A file that becomes a symbolic link is removed and added: two sections.
    const count = isKindChange(oldMode, newMode) ? 2 : 1;
    const own = sections.slice(at, at + count);
    if (own.length === count) patches.set(path, joined(own));
    origins.set(path, oldPath);
    at += count;
  }
  const mistaken = (only ?? []).filter(
    ({ path, oldPath }) => !origins.has(path) || origins.get(path) !== oldPath,
  );
  for (const { path } of mistaken) patches.delete(path);
  // Git seeks what was moved anew among the few it is asked about, and may find another origin than among all.
  for (const difference of only?.length === 1 ? [] : mistaken.slice(0, mostAlone)) {
    const alone = await patchesBetween(git, from, to, { only: [difference], context, signal });
    for (const [path, patch] of alone) patches.set(path, patch);
  }
  return patches;
};

/** How many files are asked about one by one; a tree in which more are alike is made for it. */
const mostAlone = 16;

/** More than fits into an argv is not filtered by git; the caller picks from the whole. */
export const pathsOf = (only: readonly Difference[] | undefined): readonly string[] => {
  const paths = (only ?? []).flatMap(({ path, oldPath }) =>
    oldPath === undefined ? [path] : [oldPath, path],
  );
  const isPlain = !paths.some(isLossy);
  return isPlain && paths.reduce((sum, path) => sum + path.length, 0) < 200_000 ? paths : [];
};

const isKindChange = (oldMode: string, newMode: string): boolean =>
  oldMode !== '000000' && newMode !== '000000' && oldMode.slice(0, 3) !== newMode.slice(0, 3);

const joined = (sections: readonly PatchText[]): PatchText => ({
  diff: sections.map(({ diff }) => diff).join(''),
  hunks: sections.flatMap(({ hunks }) => hunks),
  binary: sections.some(({ binary }) => binary),
  truncated: sections.some(({ truncated }) => truncated),
  lossy: sections.some(({ lossy }) => lossy),
});
