import { isUtf8 } from 'node:buffer';
import type { Stats } from 'node:fs';
import type { ChangedFile, FileContent, FileDiff } from '@agent-harbor/api-contract/schemas';
import {
  type DiffOptions,
  diffLimits,
  fieldProblem,
  type PatchOptions,
  patchHead,
  timestamp,
  type WorkspaceFiles,
} from '@agent-harbor/core';
import { readBlobs, sizesOf } from './blobs.ts';
import { comparedBytes, compareTrees, comparison, type Difference } from './compare.ts';
import { splitNul } from './git.ts';
import { streamOf } from './git-stream.ts';
import { flatMapInSlices } from './in-slices.ts';
import type { Author } from './make-workspace.ts';
import type { Mutex } from './mutex.ts';
import { asProblem } from './problems.ts';
import { isLossy, notThere, openInside, segmentsOf } from './resolve-inside.ts';
import type { Seen, SessionTrees } from './session-trees.ts';
import { statInside } from './stat-inside.ts';
import { patchesBetween, pathsOf, plainDiff } from './unified-diff.ts';

/** What one answer can hold; the readers of a session share the server's memory. */
const contentBytes = 32 * 1024 * 1024;

/**
 * Larger files are in no patch: of one that is not compared by lines git holds what was and what is, and what it makes of
 * them, in memory at once. For 200 MB of which half was exchanged that came to 1.1 GiB.
 */
const patchedBytes = 256 * 1024 * 1024;

/** Of how many sessions the last list is kept, for those who ask again. */
const keptLists = 16;

export const createWorkspaceFiles = (
  trees: SessionTrees,
  mutex: Mutex,
  author: Author,
  largest = patchedBytes,
): WorkspaceFiles => {
  const lists = new Map<
    string,
    { readonly version: string; readonly tree: string; readonly files: ChangedFile[] }
  >();
  const withLook = <Result>(
    sessionId: string,
    signal: AbortSignal | undefined,
    work: (seen: Seen) => Promise<Result>,
  ): Promise<Result> =>
    mutex
      .hold(sessionId, signal, async () => work(await trees.look(sessionId, signal)))
      .catch((error: unknown) => {
        throw asProblem(error, 'The files of the session cannot be read');
      });

  return {
    changes: (sessionId, signal) =>
      withLook(sessionId, signal, async (seen) => {
        const known = lists.get(sessionId);
        if (known?.version === seen.version && known.tree === seen.tree) return known.files;
        const files = await changedFiles(seen, await differencesOf(seen, signal), signal);
        lists.delete(sessionId);
        lists.set(sessionId, { version: seen.version, tree: seen.tree, files });
        for (const oldest of lists.keys()) {
          if (lists.size <= keptLists) break;
          lists.delete(oldest);
        }
        return files;
      }),
    content: (sessionId, path, signal) =>
      withLook(sessionId, signal, async (seen) => {
        segmentsOf(path);
        const differences = await differencesOf(seen, signal);
        const isModified = differences.some((difference) => difference.path === path);
        const kept = () => keptContent(seen, path, isModified, signal);
        if (seen.directory === undefined) return kept();
        const current = currentContent(seen.directory, path, isModified);
        return isLossy(path) ? current.catch(kept) : current;
      }),
    diff: (sessionId, options) => withLook(sessionId, options.signal, (seen) => diffs(seen, options)),
    patch: (sessionId, options) =>
      withLook(sessionId, options.signal, async (seen) => {
        for (const path of options.paths ?? []) segmentsOf(path);
        return patchOf(seen, await differencesOf(seen, options.signal), options, author, largest);
      }),
  };
};

const differencesOf = (
  { git, base, tree }: Seen,
  signal: AbortSignal | undefined,
): Promise<readonly Difference[]> => compareTrees(git, base, tree, { renames: true, signal });

const changedFiles = async (
  { git, directory }: Seen,
  differences: readonly Difference[],
  signal: AbortSignal | undefined,
): Promise<ChangedFile[]> => {
  const present = differences.flatMap(({ path, status }) => (status === 'deleted' ? [] : [path]));
  const stats = directory === undefined ? undefined : await statInside(directory, present);
  /** Facts of what was looked at: it may be something else by now. */
  const factsOf = ({ path, newMode }: Difference): Stats | undefined => {
    const found = stats?.get(path);
    if (newMode === linkMode) return found?.isSymbolicLink() ? found : undefined;
    if (newMode === submoduleMode) return found?.isDirectory() ? found : undefined;
    return found?.isFile() ? found : undefined;
  };
  const unseen = differences.filter(
    (difference) => isStored(difference) && factsOf(difference) === undefined,
  );
  const sizes = await sizesOf(
    git,
    unseen.map(({ newId }) => newId),
    signal,
  );
  const files = await flatMapInSlices(
    differences,
    (difference): ChangedFile[] => {
      const { linesAdded, linesRemoved, newId } = difference;
      const found = factsOf(difference);
      return [
        {
          ...changeOf(difference),
          lines_added: linesAdded,
          lines_removed: linesRemoved,
          last_modified: found === undefined ? null : timeOf(found.mtimeMs),
          size_bytes: isStored(difference) ? (found?.size ?? sizes.get(newId) ?? 0) : 0,
          change_type: changeType(difference),
        },
      ];
    },
    signal,
  );
  return files.sort(byPath);
};

const noMode = '000000';
const linkMode = '120000';
const submoduleMode = '160000';

/** Submodules are commits of other repositories. */
const isStored = ({ newMode }: Difference): boolean => newMode !== submoduleMode && newMode !== noMode;

const changeType = ({ status, binary, oldId, newId }: Difference): ChangedFile['change_type'] => {
  if (status === 'renamed' && oldId === newId) return 'rename';
  if (binary) return 'binary';
  return status === 'modified' && oldId === newId ? 'mode' : 'content';
};

/** An agent can give a file any time, also one that has no place on the wire. */
const timeOf = (ms: number): string | null => (ms >= 0 && ms < Date.UTC(10_000) ? timestamp(ms) : null);

/** By code units, as cursors compare paths. */
const byPath = (left: { readonly path: string }, right: { readonly path: string }): number =>
  left.path < right.path ? -1 : left.path > right.path ? 1 : 0;

const currentContent = async (directory: string, path: string, isModified: boolean): Promise<FileContent> => {
  const { handle, stats } = await openInside(directory, path);
  try {
    if (stats.size > contentBytes) throw tooLarge(stats.size);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(stats.size), 0, stats.size, 0);
    const bytes = buffer.subarray(0, bytesRead);
    return { path, ...encoded(bytes), last_modified: timeOf(stats.mtimeMs), is_modified: isModified };
  } finally {
    await handle.close();
  }
};

const keptContent = async (
  { git, tree }: Seen,
  path: string,
  isModified: boolean,
  signal: AbortSignal | undefined,
): Promise<FileContent> => {
  // A name that is no UTF-8 is not what git would look for: it is found by how it reads.
  const only = isLossy(path) ? ['-r'] : [];
  const { stdout } = await git.run(
    ['ls-tree', ...only, '-z', '--full-tree', tree, ...(isLossy(path) ? [] : ['--', path])],
    { signal },
  );
  const found = splitNul(stdout)
    .map((entry) => /^100\d{3} blob ([0-9a-f]+)\t([\s\S]*)$/.exec(entry.toString('utf8')))
    .find((match) => match?.[2] === path);
  const id = found?.[1];
  if (id === undefined) throw notThere(path);
  const size = (await sizesOf(git, [id], signal)).get(id) ?? 0;
  if (size > contentBytes) throw tooLarge(size);
  const bytes = (await readBlobs(git, [id], signal)).get(id) ?? Buffer.alloc(0);
  return { path, ...encoded(bytes), last_modified: null, is_modified: isModified };
};

const encoded = (bytes: Buffer): Pick<FileContent, 'content' | 'encoding' | 'size_bytes'> => {
  const isText = isUtf8(bytes) && !bytes.includes(0);
  return {
    content: bytes.toString(isText ? 'utf8' : 'base64'),
    encoding: isText ? 'utf-8' : 'base64',
    size_bytes: bytes.length,
  };
};

const tooLarge = (bytes: number) =>
  fieldProblem('path', `names a file of ${bytes} bytes; at most ${contentBytes} can be read in one answer`);

const diffs = async (seen: Seen, { paths, context, full, signal }: DiffOptions): Promise<FileDiff[]> => {
  for (const path of paths ?? []) segmentsOf(path);
  const wanted = paths === undefined ? undefined : new Set(paths);
  const all = await differencesOf(seen, signal);
  const chosen = all.filter(({ path }) => wanted?.has(path) ?? true);
  const { git, base, tree } = seen;
  const patches = await patchesBetween(git, base, tree, {
    ...(wanted === undefined ? {} : { only: chosen }),
    context,
    signal,
  });
  const large = await largeOnes(seen, chosen, signal);
  const texts = full ? await fullTexts(seen, chosen, signal) : undefined;
  return chosen
    .map((difference): FileDiff => {
      const { linesAdded, linesRemoved, newId, binary } = difference;
      const patch = patches.get(difference.path);
      const content = texts?.get(newId) ?? null;
      const lacksContent = full && content === null && isStored(difference) && !binary;
      return {
        ...changeOf(difference),
        format: 'unified',
        diff: patch?.diff ?? '',
        binary: patch?.binary ?? binary,
        truncated: (patch?.truncated ?? !binary) || lacksContent || large.has(difference),
        ...(patch?.lossy ? { lossy: true } : {}),
        lines_added: linesAdded,
        lines_removed: linesRemoved,
        context_lines: context,
        full_file: full,
        file_content: content,
        hunks: [...(patch?.hunks ?? [])],
      };
    })
    .sort(byPath);
};

const changeOf = (difference: Difference) => {
  const { path, oldPath, status, similarity, oldMode, newMode } = difference;
  return {
    path,
    ...(oldPath === undefined ? {} : { old_path: oldPath }),
    status,
    ...(similarity === undefined ? {} : { similarity }),
    ...(oldMode === noMode ? {} : { old_mode: oldMode }),
    ...(newMode === noMode ? {} : { new_mode: newMode }),
  };
};

/** Those that are called binary for their size: whether they are text nobody has looked. */
const largeOnes = async (
  { git }: Seen,
  differences: readonly Difference[],
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<Difference>> => {
  const binary = differences.filter(({ binary }) => binary);
  const sizes = await sizesOf(
    git,
    binary.flatMap(({ oldId, newId }) => [oldId, newId]),
    signal,
  );
  return new Set(
    binary.filter(({ oldId, newId }) => [oldId, newId].some((id) => (sizes.get(id) ?? 0) > comparedBytes)),
  );
};

/** The files after the change, as far as they are text, and all of them fit. */
const fullTexts = async (
  { git }: Seen,
  differences: readonly Difference[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> => {
  const ids = differences.filter((each) => isStored(each) && !each.binary).map(({ newId }) => newId);
  const sizes = await sizesOf(git, ids, signal);
  let left: number = diffLimits.all.bytes;
  const fitting = [...new Set(ids)].filter((id) => {
    const size = sizes.get(id) ?? 0;
    if (size > left) return false;
    left -= size;
    return true;
  });
  const blobs = await readBlobs(git, fitting, signal);
  return new Map(
    [...blobs].flatMap(([id, bytes]): [string, string][] =>
      isUtf8(bytes) ? [[id, bytes.toString('utf8')]] : [],
    ),
  );
};

/** All that differs, as git writes it for `git apply`, behind the head of a mail. */
const patchOf = async (
  { git, base, tree, hold }: Seen,
  differences: readonly Difference[],
  { paths, message, at, signal }: PatchOptions,
  author: Author,
  largest: number,
): Promise<AsyncIterable<Uint8Array>> => {
  const wanted = paths === undefined ? undefined : new Set(paths);
  const chosen = differences.filter(
    ({ path, oldPath }) => wanted === undefined || wanted.has(path) || wanted.has(oldPath ?? path),
  );
  if (chosen.length === 0) return nothing();
  const sizes = await sizesOf(
    git,
    chosen.flatMap(({ oldId, newId }) => [oldId, newId]),
    signal,
  );
  for (const { path, oldId, newId } of chosen) {
    const bytes = Math.max(sizes.get(oldId) ?? 0, sizes.get(newId) ?? 0);
    if (bytes > largest) throw tooLargeForPatch(path, bytes, largest);
  }
  const head = patchHead({ message, author, at });
  const only = wanted === undefined ? [] : pathsOf(chosen);
  return streamOf(
    git,
    ['diff-tree', '--patch', '--binary', ...plainDiff, base, tree, '--', ...only],
    { config: comparison, signal },
    { head, foot: '-- \nagent-harbor\n\n', done: hold() },
  );
};

const tooLargeForPatch = (path: string, bytes: number, largest: number) =>
  fieldProblem(
    'files',
    `must leave out ${JSON.stringify(path)}: it has ${bytes} bytes, and a patch takes files of at most ${largest}. ` +
      'Deliver the work as a branch, or download the workspace, to have that one too.',
  );

async function* nothing(): AsyncGenerator<Uint8Array> {}
