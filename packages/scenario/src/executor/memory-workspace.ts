import type { ChangedFile, FileContent, FileDiff } from '@agent-harbor/api-contract/schemas';
import { type DiffOptions, Problem, timestamp } from '@agent-harbor/core';
import { base64Of, sameBytes, textOf } from '../tool/bytes.ts';
import { countLines, lineDiff } from './line-diff.ts';
import { unifiedDiff } from './unified-diff.ts';

/** Path → bytes. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** A working tree in memory, and what differs from the files it began with. */
export interface MemoryWorkspace {
  read(path: string): Uint8Array | null;
  /** Null removes the file. */
  write(path: string, after: Uint8Array | null, at: number): void;
  /** Every file as it is now. */
  readonly files: Files;
  changes(): readonly ChangedFile[];
  /** Throws `file-not-found`. */
  content(path: string): FileContent;
  diff(options: Pick<DiffOptions, 'paths' | 'context' | 'full'>): readonly FileDiff[];
}

export const createMemoryWorkspace = (base: Files): MemoryWorkspace => {
  const files = new Map(base);
  const touched = new Map<string, number>();
  /** Counting lines is the dear part: done once per write. */
  const known = new Map<string, ChangedFile>();

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
      lines_added: lines.added,
      lines_removed: lines.removed,
      last_modified: at === undefined || after === undefined ? null : timestamp(at),
      size_bytes: after?.length ?? 0,
      change_type: binary ? 'binary' : 'content',
    };
    known.set(path, change);
    return change;
  };

  const changes = (): readonly ChangedFile[] =>
    [...touched.keys()]
      .toSorted((one, other) => (one < other ? -1 : 1))
      .flatMap((path) => changeOf(path) ?? []);

  const diffOf = (change: ChangedFile, context: number, full: boolean): FileDiff => {
    const { path, status, lines_added, lines_removed } = change;
    const binary = change.change_type === 'binary';
    const [old, young] = [asText(base.get(path)), asText(files.get(path))];
    const hunks = binary ? [] : lineDiff(old ?? '', young ?? '', context);
    return {
      path,
      status,
      diff: binary ? '' : unifiedDiff(path, status, hunks),
      binary,
      lines_added,
      lines_removed,
      context_lines: context,
      full_file: full,
      file_content: full && files.has(path) && !binary ? young : null,
      hunks: hunks.map((hunk) => ({
        old_start: hunk.oldStart,
        old_lines: hunk.oldLines,
        new_start: hunk.newStart,
        new_lines: hunk.newLines,
        content: hunk.lines.map((line) => `${line}\n`).join(''),
      })),
    };
  };

  return {
    files,
    read: (path) => files.get(path) ?? null,
    write(path, after, at) {
      known.delete(path);
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
  };
};

/** A file that does not exist is empty; null is one that is no text. */
const asText = (bytes: Uint8Array | undefined): string | null => (bytes === undefined ? '' : textOf(bytes));
