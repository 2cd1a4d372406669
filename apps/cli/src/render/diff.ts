import type { FileDiff } from '@agent-harbor/api-contract/schemas';
import { reveal } from '../terminal/clean.ts';
import { type Look, paint, type Text } from '../terminal/text.ts';

/**
 * The lines of unified diffs, with a line per file in front. What is not printable is spelt out: whoever reviews what an
 * agent did must see all of it, and where a line begins.
 */
export const renderDiffs = (files: readonly FileDiff[]): readonly Text[] =>
  files.length === 0
    ? ['Nothing changed.']
    : files.flatMap((file, index) => (index === 0 ? renderDiff(file) : ['', ...renderDiff(file)]));

const renderDiff = (file: FileDiff): readonly Text[] => {
  const from = file.old_path === undefined ? '' : `${spell(file.old_path)} → `;
  const counts = `+${file.lines_added} -${file.lines_removed}`;
  const head = paint('bold', `${file.status} ${from}${spell(file.path)} (${counts})`);
  if (file.binary) return [head, 'binary'];
  let isInHunk = false;
  return [
    head,
    ...file.diff
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => {
        isInHunk ||= line.startsWith('@@');
        // The returns of an unchanged line say nothing; those of a changed one may be the change.
        const shown = line.startsWith(' ') ? line.replace(/\r$/, '') : line;
        return paint(lookOf(line, isInHunk), reveal(shown));
      }),
  ];
};

/** A path may hold newlines and tabs, too. */
const spell = (path: string): string =>
  reveal(path).replaceAll('\n', '<U+000A>').replaceAll('\t', '<U+0009>');

const lookOf = (line: string, isInHunk: boolean): Look | undefined => {
  if (line.startsWith('@@')) return 'cyan';
  if (!isInHunk) return 'dim';
  if (line.startsWith('+')) return 'green';
  return line.startsWith('-') ? 'red' : undefined;
};
