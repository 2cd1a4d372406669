import type { ChangedFile, FileContent, FileDiff } from '@agent-harbor/api-contract/schemas';
import {
  type DiffOptions,
  diffLimits,
  type PatchOptions,
  Problem,
  patchHead,
  timestamp,
} from '@agent-harbor/core';
import { base64Of, sameBytes, textOf } from '../tool/bytes.ts';
import { binaryPatch } from './binary-patch.ts';
import { countLines, type LineHunk, lineDiff } from './line-diff.ts';
import { noObject, objectId } from './object-id.ts';
import { type DiffHead, headerOf, hunkHeader, unifiedDiff } from './unified-diff.ts';

/** Path → bytes. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** A working tree in memory, and what differs from the files it began with. */
export interface MemoryWorkspace {
  read(path: string): Uint8Array | null;
  /** Null removes the file. */
  write(path: string, after: Uint8Array | null, at: number): void;
  /** Every file as it is now. */
  readonly files: Files;
  /** Grows with every write. */
  readonly version: number;
  /** When a file was written, milliseconds since the epoch; null for one that is as it was at the start. */
  writtenAt(path: string): number | null;
  changes(): readonly ChangedFile[];
  /** Throws `file-not-found`. */
  content(path: string): FileContent;
  diff(options: Pick<DiffOptions, 'paths' | 'context' | 'full'>): readonly FileDiff[];
  /** All of it as a patch; empty without a change. */
  patch(options: Pick<PatchOptions, 'paths' | 'message' | 'at'>): string;
}

/** Who a patch of a simulated host is from. */
const author = { name: 'Agent Harbor', email: 'agent-harbor@example.invalid' };

/** Where a file with exactly these bytes may have been moved from. */
type Sources = Map<string, string[]>;

export const createMemoryWorkspace = (base: Files): MemoryWorkspace => {
  const files = new Map(base);
  const touched = new Map<string, number>();
  /** Counting lines is the dear part: done once per write. */
  const known = new Map<string, ChangedFile>();

  /** What became of the bytes under one name. */
  const changeOf = (path: string): ChangedFile | undefined => {
    const cached = known.get(path);
    if (cached !== undefined) return cached;
    const before = base.get(path);
    const after = files.get(path);
    if (before === after || (before !== undefined && after !== undefined && sameBytes(before, after))) {
      return undefined;
    }
    const [old, young] = [asText(before), asText(after)];
    const binary = old === null || young === null;
    const lines = binary ? { added: 0, removed: 0 } : countLines(lineDiff(old, young, 0));
    const at = touched.get(path);
    const change: ChangedFile = {
      path,
      status: before === undefined ? 'added' : after === undefined ? 'deleted' : 'modified',
      ...(before === undefined ? {} : { old_mode: mode }),
      ...(after === undefined ? {} : { new_mode: mode }),
      lines_added: lines.added,
      lines_removed: lines.removed,
      last_modified: at === undefined || after === undefined ? null : timestamp(at),
      size_bytes: after?.length ?? 0,
      change_type: binary ? 'binary' : 'content',
    };
    known.set(path, change);
    return change;
  };

  const idOf = (side: Files, path: string): string => {
    const bytes = side.get(path);
    return bytes === undefined ? noObject : objectId(bytes);
  };

  const changes = (): readonly ChangedFile[] => {
    const found = [...touched.keys()]
      .toSorted((one, other) => (one < other ? -1 : 1))
      .flatMap((path) => changeOf(path) ?? []);
    // A file that is gone here and there again under another name was moved.
    const sources: Sources = new Map();
    for (const { path, status } of found) {
      if (status !== 'deleted' || base.get(path)?.length === 0) continue;
      const id = idOf(base, path);
      sources.set(id, [...(sources.get(id) ?? []), path]);
    }
    const moved = new Set<string>();
    const told = found.map((change): ChangedFile => {
      if (sources.size === 0 || change.status !== 'added') return change;
      const old_path = sources.get(idOf(files, change.path))?.shift();
      if (old_path === undefined) return change;
      moved.add(old_path);
      return {
        ...change,
        old_path,
        status: 'renamed',
        similarity: 100,
        old_mode: mode,
        lines_added: 0,
        change_type: 'rename',
      };
    });
    return told.filter(({ path, status }) => status !== 'deleted' || !moved.has(path));
  };

  const headOf = (change: ChangedFile): DiffHead => ({
    ...change,
    oldId: idOf(base, change.old_path ?? change.path),
    newId: idOf(files, change.path),
  });

  const hunksOf = (change: ChangedFile, context: number): readonly LineHunk[] => {
    const [old, young] = [asText(base.get(change.old_path ?? change.path)), asText(files.get(change.path))];
    return change.change_type === 'content' ? lineDiff(old ?? '', young ?? '', context) : [];
  };

  const diffOf = (change: ChangedFile, context: number, full: boolean): FileDiff => {
    const { path, status, lines_added, lines_removed, old_path, similarity, old_mode, new_mode } = change;
    const binary = change.change_type === 'binary';
    const hunks = hunksOf(change, context);
    const diff = binary ? '' : unifiedDiff(headOf(change), hunks);
    const isLong = diff.length > diffLimits.each.bytes;
    return {
      path,
      ...(old_path === undefined ? {} : { old_path }),
      status,
      ...(similarity === undefined ? {} : { similarity }),
      ...(old_mode === undefined ? {} : { old_mode }),
      ...(new_mode === undefined ? {} : { new_mode }),
      format: 'unified',
      diff: isLong ? '' : diff,
      binary,
      truncated: isLong,
      lines_added,
      lines_removed,
      context_lines: context,
      full_file: full,
      file_content: full && !binary ? asContent(files.get(path)) : null,
      hunks: (isLong ? [] : hunks).map((hunk) => ({
        old_start: hunk.oldStart,
        old_lines: hunk.oldLines,
        new_start: hunk.newStart,
        new_lines: hunk.newLines,
        content: [hunkHeader(hunk), ...hunk.lines].map((line) => `${line}\n`).join(''),
      })),
    };
  };

  const sectionOf = (change: ChangedFile): string => {
    const { path, old_path = path } = change;
    if (change.change_type !== 'binary') return unifiedDiff(headOf(change), hunksOf(change, 3));
    const bytes = (side: Files, name: string) => side.get(name) ?? new Uint8Array();
    return `${headerOf(headOf(change)).join('\n')}\n${binaryPatch(bytes(base, old_path), bytes(files, path))}`;
  };

  let version = 0;
  return {
    files,
    get version() {
      return version;
    },
    writtenAt: (path) => touched.get(path) ?? null,
    read: (path) => files.get(path) ?? null,
    write(path, after, at) {
      known.delete(path);
      version += 1;
      touched.set(path, at);
      if (after === null) files.delete(path);
      else files.set(path, after);
    },
    changes,
    content(path) {
      const bytes = files.get(path);
      if (bytes === undefined) {
        throw new Problem('file-not-found', { detail: `The workspace has no file ${JSON.stringify(path)}.` });
      }
      const text = textOf(bytes);
      const at = touched.get(path);
      return {
        path,
        content: text ?? base64Of(bytes),
        encoding: text === null ? 'base64' : 'utf-8',
        size_bytes: bytes.length,
        last_modified: at === undefined ? null : timestamp(at),
        is_modified: changeOf(path) !== undefined,
      };
    },
    diff({ paths, context, full }) {
      const wanted = paths === undefined ? undefined : new Set(paths);
      return changes()
        .filter(({ path }) => wanted?.has(path) ?? true)
        .map((change) => diffOf(change, context, full));
    },
    patch({ paths, message, at }) {
      const wanted = paths === undefined ? undefined : new Set(paths);
      const chosen = changes().filter(
        ({ path, old_path }) => wanted === undefined || wanted.has(path) || wanted.has(old_path ?? path),
      );
      if (chosen.length === 0) return '';
      return `${patchHead({ message, author, at })}${chosen.map(sectionOf).join('')}-- \nagent-harbor\n\n`;
    },
  };
};

/** A file that does not exist is empty; null is one that is no text. */
const asText = (bytes: Uint8Array | undefined): string | null => (bytes === undefined ? '' : textOf(bytes));

const asContent = (bytes: Uint8Array | undefined): string | null =>
  bytes === undefined ? null : textOf(bytes);

/** Scenarios know plain files only. */
const mode = '100644';
