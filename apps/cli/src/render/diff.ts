import type { DiffRow, FileDiff } from '@agent-harbor/api-contract/schemas';
import { reveal } from '../terminal/clean.ts';
import { fit, type Look, paint, type Text, widthOf } from '../terminal/text.ts';

/**
 * The lines of a unified diff, with a line about the file in front. What is not printable is spelt out: whoever reviews
 * what an agent did must see all of it, and where a line begins.
 */
export const renderDiff = (file: FileDiff): readonly Text[] => {
  if (file.binary) return headOf(file);
  let isInHunk = false;
  return [
    ...headOf(file),
    ...(file.diff === '' ? [] : file.diff.replace(/\n$/, '').split('\n')).map((line) => {
      isInHunk ||= line.startsWith('@@');
      // The returns of an unchanged line say nothing; those of a changed one may be the change.
      const shown = line.startsWith(' ') ? line.replace(/\r$/, '') : line;
      return paint(lookOf(line, isInHunk), reveal(shown));
    }),
    ...endOf(file),
  ];
};

/** The same side by side, in so many columns. */
export const renderSplit = (file: FileDiff, columns: number): readonly Text[] => {
  const hunks = file.hunks.flatMap(({ content, rows = [] }): Text[] => {
    const digits = String(
      rows.reduce((most, { left, right }) => Math.max(most, left?.line ?? 0, right?.line ?? 0), 0),
    ).length;
    const width = Math.max(8, Math.floor((columns - 3) / 2) - digits - 3);
    const [header = ''] = content.split('\n', 1);
    return [
      paint('cyan', reveal(header)),
      ...rows.map(
        ({ left, right }): Text => [
          side(left, digits, width, true),
          ' │ ',
          side(right, digits, width, false),
        ],
      ),
    ];
  });
  return file.binary ? headOf(file) : [...headOf(file), ...hunks, ...endOf(file)];
};

const marks = { unchanged: ' ', removed: '-', added: '+' } as const;
const looks = { unchanged: undefined, removed: 'red', added: 'green' } as const;

const side = (cell: DiffRow['left'], digits: number, width: number, isPadded: boolean): Text => {
  if (cell === null) return isPadded ? ' '.repeat(digits + 3 + width) : '';
  const whole = reveal(cell.kind === 'unchanged' ? cell.text.replace(/\r$/, '') : cell.text);
  const text = fit(whole.replaceAll('\t', '  '), width);
  const padding = isPadded ? ' '.repeat(Math.max(0, width - widthOf(text))) : '';
  const number = String(cell.line).padStart(digits);
  return [paint('dim', number), ' ', paint(looks[cell.kind], `${marks[cell.kind]} ${text}`), padding];
};

const headOf = (file: FileDiff): readonly Text[] => {
  const from = file.old_path === undefined ? '' : `${spell(file.old_path)} → `;
  const counts = `+${file.lines_added} -${file.lines_removed}`;
  const head = paint('bold', `${file.status} ${from}${spell(file.path)} (${counts})`);
  if (!file.binary)
    return file.lossy ? [head, paint('dim', 'not UTF-8: what is foreign is shown as \ufffd')] : [head];
  return [head, file.truncated ? 'too large to be compared line by line; the patch has all of it' : 'binary'];
};

const endOf = (file: FileDiff): readonly Text[] =>
  file.truncated ? [paint('yellow', 'The diff goes on: `ah session patch` has all of it.')] : [];

/** A path may hold newlines and tabs, too. */
const spell = (path: string): string =>
  reveal(path).replaceAll('\n', '<U+000A>').replaceAll('\t', '<U+0009>');

const lookOf = (line: string, isInHunk: boolean): Look | undefined => {
  if (line.startsWith('@@')) return 'cyan';
  if (!isInHunk) return 'dim';
  if (line.startsWith('+')) return 'green';
  return line.startsWith('-') ? 'red' : undefined;
};
