import {
  type ContentSearch,
  type FileHead,
  type FoundContent,
  type FoundFile,
  type FoundLine,
  fieldProblem,
  type TreeEntry,
  type WorkspaceTree,
} from '@agent-harbor/core';
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { textOf } from '../tool/bytes.ts';
import type { MemoryWorkspace } from './memory-workspace.ts';

/** What a search shows of a file, as the executor of processes does. */
const linesPerFile = 20;
const countedLines = 100;
const shownCharacters = 400;
const searchedBytes = 16 * 1024 * 1024;

/** Every path of a workspace in memory. The same object comes again as long as nothing was written. */
export const createTreeOf = (): ((workspace: MemoryWorkspace) => WorkspaceTree) => {
  const known = new WeakMap<MemoryWorkspace, { readonly version: number; readonly tree: WorkspaceTree }>();
  return (workspace) => {
    const last = known.get(workspace);
    if (last?.version === workspace.version) return last.tree;
    const tree = makeTree(workspace);
    known.set(workspace, { version: workspace.version, tree });
    return tree;
  };
};

const makeTree = (workspace: MemoryWorkspace): WorkspaceTree => {
  const { files } = workspace;
  const changed = new Set(workspace.changes().map(({ path }) => path));
  const entries = [...files.keys()]
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((path): TreeEntry => ({ path, kind: 'file', isModified: changed.has(path) }));
  return {
    entries,
    facts: async (paths) =>
      new Map(
        paths.flatMap((path) => {
          const bytes = files.get(path)?.length;
          return bytes === undefined
            ? []
            : [[path, { bytes, modifiedAt: workspace.writtenAt(path) }] as const];
        }),
      ),
    totalBytes: async () => entries.reduce((sum, { path }) => sum + (files.get(path)?.length ?? 0), 0),
    breathe: async () => {},
  };
};

/** The beginnings of files of a workspace in memory. */
export const headsOf = (
  workspace: MemoryWorkspace,
  paths: readonly string[],
  { maxBytes, countsLines = false }: { readonly maxBytes: number; readonly countsLines?: boolean },
): ReadonlyMap<string, FileHead> =>
  new Map(
    paths.flatMap((path) => {
      const bytes = workspace.read(path);
      if (bytes === null) return [];
      const head: FileHead = {
        head: bytes.subarray(0, maxBytes),
        bytes: bytes.length,
        modifiedAt: workspace.writtenAt(path),
        lines: countsLines ? linesIn(bytes) : null,
      };
      return [[path, head] as const];
    }),
  );

const linesIn = (bytes: Uint8Array): number => {
  let lines = bytes.length > 0 && bytes.at(-1) !== 0x0a ? 1 : 0;
  for (const byte of bytes) if (byte === 0x0a) lines += 1;
  return lines;
};

/**
 * A search by content. The patterns are those of ripgrep, and read by an engine that takes time linear in what it
 * reads: the regular expressions of JavaScript can be made to take for ever.
 */
export const searchIn = (workspace: MemoryWorkspace, search: ContentSearch): FoundContent => {
  const pattern = patternOf(search);
  const found: FoundFile[] = [];
  let skippedLarge = 0;
  for (const [path, bytes] of workspace.files) {
    if (!search.accepts(path)) continue;
    if (bytes.length > searchedBytes) skippedLarge += 1;
    const text = bytes.length > searchedBytes || bytes.includes(0) ? null : textOf(bytes);
    if (text === null) continue;
    const lines = matchingLines(pattern, text);
    if (lines.length > 0) found.push({ path, count: lines.length, lines: lines.slice(0, linesPerFile) });
  }
  found.sort((one, other) => other.count - one.count || (one.path < other.path ? -1 : 1));
  return {
    files: found.map((file, place) => (place < search.limit ? file : { ...file, lines: [] })),
    cutBy: null,
    skippedLarge,
  };
};

const matchingLines = (pattern: RE2JS, text: string): readonly FoundLine[] => {
  const lines: FoundLine[] = [];
  // The end of the last line begins no line.
  for (const [place, whole] of text.replace(/\n$/, '').split('\n').entries()) {
    const line = whole.replace(/\r$/, '');
    const matcher = pattern.matcher(line);
    if (!matcher.find()) continue;
    const before = line.slice(0, matcher.start());
    const column = new TextEncoder().encode(before).length + 1;
    const from = column > shownCharacters / 2 ? Math.max(0, before.length - shownCharacters / 4) : 0;
    lines.push({ line: place + 1, column, text: line.slice(from, from + shownCharacters) });
    if (lines.length === countedLines) break;
  }
  return lines;
};

const patternOf = ({ pattern, isLiteral, isCaseSensitive }: ContentSearch): RE2JS => {
  try {
    const flags = isCaseSensitive ? 0 : RE2JS.CASE_INSENSITIVE;
    return RE2JS.compile(isLiteral ? RE2JS.quote(pattern) : pattern, flags);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    throw fieldProblem(
      'q',
      `is no regular expression that can be searched for: ${error.message}; set literal=true to search for the text itself`,
    );
  }
};
