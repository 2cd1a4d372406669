import type { WorkspaceEntry, WorkspaceListing, WorkspaceQuery } from '@agent-harbor/api-contract/schemas';
import type { TreeEntry, WorkspaceTree } from '../executor/workspace-look.ts';
import { decodeCursor, offsetOf, pageFrom } from '../page.ts';
import { Problem } from '../problem.ts';
import { type DirectoryEntry, pathIndexOf, sliceSize } from './path-index.ts';
import { wireTime } from './wire-time.ts';

/** A row of a listing before its facts are looked up. */
type Row = { readonly rank: 0; readonly of: DirectoryEntry } | { readonly rank: 1; readonly of: TreeEntry };

/** A page of a directory. Rejects with `file-not-found` where none is. */
export const browse = async (
  tree: WorkspaceTree,
  { path = '', recursive, modified_only, ...request }: WorkspaceQuery,
  signal: AbortSignal | undefined,
): Promise<WorkspaceListing> => {
  const directory = path.replace(/\/$/, '');
  const rows = await rowsOf(tree, directory, recursive === 'true', modified_only === 'true');
  const offset = offsetOf(request);
  const rest =
    request.cursor === undefined
      ? rows.slice(offset, offset + request.perPage + 1)
      : after(rows, request.cursor);
  const page = pageFrom(
    'workspace',
    request,
    rest.slice(0, request.perPage + 1),
    rows.length,
    ({ rank, of }) => [rank, of.path],
  );
  const { items, ...envelope } = page;
  const facts = await tree.facts(
    items.flatMap(({ rank, of }) => (rank === 1 && of.kind !== 'submodule' ? [of.path] : [])),
    signal,
  );
  return {
    path: directory,
    type: 'directory',
    children: items.map((row): WorkspaceEntry => {
      if (row.rank === 0) {
        const { path: at, isModified, fileCount } = row.of;
        return {
          path: at,
          type: 'directory',
          size_bytes: null,
          last_modified: null,
          is_modified: isModified,
          file_count: fileCount,
        };
      }
      const found = facts.get(row.of.path);
      return {
        path: row.of.path,
        type: row.of.kind,
        size_bytes: found?.bytes ?? null,
        last_modified: wireTime(found?.modifiedAt),
        is_modified: row.of.isModified,
      };
    }),
    ...envelope,
  };
};

const after = (rows: readonly Row[], cursor: string): readonly Row[] => {
  const [rank = 0, path = ''] = decodeCursor('workspace', 2, cursor);
  return rows.filter((row) => row.rank > Number(rank) || (row.rank === rank && row.of.path > String(path)));
};

const rowsOf = async (
  tree: WorkspaceTree,
  directory: string,
  isRecursive: boolean,
  isModifiedOnly: boolean,
): Promise<readonly Row[]> => {
  const { directories } = await pathIndexOf(tree);
  if (directory !== '' && !directories.some(({ entry }) => entry.path === directory)) {
    throw new Problem('file-not-found', {
      detail: `The workspace has no directory ${JSON.stringify(directory)}.`,
    });
  }
  const prefix = directory === '' ? '' : `${directory}/`;
  const isIn = ({ path, isModified }: { readonly path: string; readonly isModified: boolean }): boolean =>
    (isModified || !isModifiedOnly) &&
    path.startsWith(prefix) &&
    (isRecursive || path.indexOf('/', prefix.length) === -1);
  const rows: Row[] = isRecursive
    ? []
    : directories.flatMap(({ entry }) => (isIn(entry) ? [{ rank: 0, of: entry } as const] : []));
  for (const [place, entry] of tree.entries.entries()) {
    if (place % sliceSize === sliceSize - 1) await tree.breathe();
    if (isIn(entry)) rows.push({ rank: 1, of: entry });
  }
  return rows;
};
