import { structuredPatch } from 'diff';

/** A changed stretch, lines with their mark (`+`, `-`, blank) in front. */
export interface LineHunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
}

/** Above this many differing lines the search for the smallest diff costs more than it tells. */
const mostDifferences = 1_000;

/** What differs between two texts. Texts that have little in common are shown as wholly replaced. */
export const lineDiff = (before: string, after: string, context: number): readonly LineHunk[] => {
  const patch = structuredPatch('', '', before, after, '', '', { context, maxEditLength: mostDifferences });
  const hunks = patch === undefined ? [replaced(before, after)] : patch.hunks;
  return hunks.map((hunk) => ({
    ...hunk,
    // Where a side has no lines, the line before is named: 0 at the top of the file.
    oldStart: hunk.oldLines === 0 ? hunk.oldStart - 1 : hunk.oldStart,
    newStart: hunk.newLines === 0 ? hunk.newStart - 1 : hunk.newStart,
  }));
};

/** How many lines the hunks add and remove. */
export const countLines = (
  hunks: readonly LineHunk[],
): { readonly added: number; readonly removed: number } => {
  const marked = (mark: string) =>
    hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.startsWith(mark)).length, 0);
  return { added: marked('+'), removed: marked('-') };
};

const noLineEnd = '\\ No newline at end of file';

const replaced = (before: string, after: string): LineHunk => {
  const [old, young] = [linesOf(before), linesOf(after)];
  const side = (mark: string, lines: readonly string[], text: string) => [
    ...lines.map((line) => mark + line),
    ...(text === '' || text.endsWith('\n') ? [] : [noLineEnd]),
  ];
  return {
    oldStart: 1,
    oldLines: old.length,
    newStart: 1,
    newLines: young.length,
    lines: [...side('-', old, before), ...side('+', young, after)],
  };
};

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
