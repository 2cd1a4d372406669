import type { DiffRow, Hunk } from '@agent-harbor/api-contract/schemas';

type Cell = NonNullable<DiffRow['left']>;

/** The lines of a hunk, its header left out, each with its mark in front and without its line end. */
export const linesOfHunk = ({ content }: Hunk): readonly string[] =>
  content.replace(/^@@[^\n]*\n/, '').match(/[^\n]+(?=\n|$)/g) ?? [];

/**
 * A hunk side by side. Lines that were removed stand beside those added right after them, as far as there are any:
 * every line of the hunk is in exactly one row, an unchanged one on both sides.
 */
export const rowsOf = (hunk: Hunk): DiffRow[] => {
  const rows: DiffRow[] = [];
  let removed: Cell[] = [];
  let added: Cell[] = [];
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at++) {
      rows.push({ left: removed[at] ?? null, right: added[at] ?? null });
    }
    removed = [];
    added = [];
  };
  let left = hunk.old_start;
  let right = hunk.new_start;
  let last: readonly Cell[] = [];
  for (const line of linesOfHunk(hunk)) {
    const text = line.slice(1);
    if (line.startsWith('-')) {
      // Lines removed behind added ones are another change.
      if (added.length > 0) flush();
      last = [{ line: left++, kind: 'removed', text }];
      removed.push(...last);
    } else if (line.startsWith('+')) {
      last = [{ line: right++, kind: 'added', text }];
      added.push(...last);
    } else if (line.startsWith('\\')) {
      for (const cell of last) cell.no_line_end = true;
    } else {
      flush();
      const cells = { left: unchanged(left++, text), right: unchanged(right++, text) };
      last = [cells.left, cells.right];
      rows.push(cells);
    }
  }
  flush();
  return rows;
};

const unchanged = (line: number, text: string): Cell => ({ line, kind: 'unchanged', text });
