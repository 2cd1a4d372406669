import type { FoundDirectory, FoundPath, PathMatches, PathQuery } from '@agent-harbor/api-contract/schemas';
import type { FileHead, TreeEntry, WorkspaceTree } from '../executor/workspace-look.ts';
import { type FuzzyQuery, fuzzyQuery, fuzzyScore } from './fuzzy.ts';
import { type DirectoryEntry, type Indexed, pathIndexOf, sliceSize } from './path-index.ts';
import { decoded } from './text-encoding.ts';
import { wireTime } from './wire-time.ts';

/** Files up to this size are shown with their beginning. */
const previewedBytes = 10_000;
const previewBytes = 500;
const previewLines = 5;

interface Scored<Entry> {
  readonly entry: Entry;
  readonly score: number;
}

/** Reads the beginnings of files. */
export type ReadHeads = (
  paths: readonly string[],
  maxBytes: number,
) => Promise<ReadonlyMap<string, FileHead>>;

/** The paths that fit a query best. */
export const searchPaths = async (
  tree: WorkspaceTree,
  query: PathQuery,
  readHeads: ReadHeads,
  signal: AbortSignal | undefined,
): Promise<PathMatches> => {
  const { files, directories } = await pathIndexOf(tree);
  const wish = {
    query: fuzzyQuery(query.q),
    limit: query.limit,
    modifiedOnly: query.modified_only === 'true',
  };
  const foundFiles = query.type === 'directory' ? none<TreeEntry>() : await best(tree, files, wish);
  const foundDirectories =
    query.type === 'file' ? none<DirectoryEntry>() : await best(tree, directories, wish);
  const paths = foundFiles.best.flatMap(({ entry }) => (entry.kind === 'submodule' ? [] : [entry.path]));
  const facts = await tree.facts(paths, signal);
  const small = foundFiles.best.flatMap(({ entry: { path, kind } }) =>
    kind === 'file' && (facts.get(path)?.bytes ?? previewedBytes) < previewedBytes ? [path] : [],
  );
  const heads = query.include_preview === 'true' ? await readHeads(small, previewBytes) : undefined;
  return {
    query: query.q,
    files: foundFiles.best.map(
      ({ entry: { path, kind, isModified }, score }): FoundPath => ({
        path,
        type: kind,
        size_bytes: facts.get(path)?.bytes ?? null,
        last_modified: wireTime(facts.get(path)?.modifiedAt),
        is_modified: isModified,
        preview: previewOf(heads?.get(path)),
        relevance_score: score,
      }),
    ),
    directories: foundDirectories.best.map(
      ({ entry: { path, fileCount, isModified }, score }): FoundDirectory => ({
        path: `${path}/`,
        type: 'directory',
        file_count: fileCount,
        last_modified: null,
        is_modified: isModified,
        relevance_score: score,
      }),
    ),
    total: foundFiles.total + foundDirectories.total,
  };
};

const none = <Entry>(): { readonly best: readonly Scored<Entry>[]; readonly total: number } => ({
  best: [],
  total: 0,
});

/** The best of many, in one pass and without sorting all of them. */
const best = async <Entry extends { readonly path: string; readonly isModified: boolean }>(
  tree: WorkspaceTree,
  candidates: readonly Indexed<Entry>[],
  {
    query,
    limit,
    modifiedOnly,
  }: { readonly query: FuzzyQuery; readonly limit: number; readonly modifiedOnly: boolean },
): Promise<{ readonly best: readonly Scored<Entry>[]; readonly total: number }> => {
  const kept: Scored<Entry>[] = [];
  let total = 0;
  for (const [place, { entry, lower, mask }] of candidates.entries()) {
    if (place % sliceSize === sliceSize - 1) await tree.breathe();
    if (modifiedOnly && !entry.isModified) continue;
    const score = fuzzyScore(query, lower, mask);
    if (score === 0) continue;
    total += 1;
    // Candidates come by path, so of equals the first stays first.
    if (kept.length === limit && score <= (kept.at(-1)?.score ?? 0)) continue;
    let at = kept.length;
    while (at > 0 && (kept[at - 1]?.score ?? 1) < score) at -= 1;
    kept.splice(at, 0, { entry, score });
    if (kept.length > limit) kept.pop();
  }
  return { best: kept, total };
};

const previewOf = (found: FileHead | undefined): string | null => {
  if (found === undefined) return null;
  const { text } = decoded(found.head, found.head.length >= found.bytes);
  return text?.split('\n').slice(0, previewLines).join('\n') ?? null;
};
