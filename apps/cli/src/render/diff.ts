import type { FileDiff } from '@agent-harbor/api-contract/schemas';
import { oneLine, sanitise } from '../terminal/sanitise.ts';
import type { Look, Style } from '../terminal/style.ts';

/** Unified diffs as a terminal shows them, with a line per file in front. */
export const renderDiffs = (files: readonly FileDiff[], style: Style): string =>
  files.length === 0 ? 'Nothing changed.' : files.map((file) => renderDiff(file, style)).join('\n');

const renderDiff = (file: FileDiff, style: Style): string => {
  const from = file.old_path === undefined ? '' : `${oneLine(file.old_path)} → `;
  const counts = `+${file.lines_added} -${file.lines_removed}`;
  const head = style('bold', `${file.status} ${from}${oneLine(file.path)} (${counts})`);
  if (file.binary) return `${head}\nbinary`;
  const lines = sanitise(file.diff).replace(/\n$/, '').split('\n');
  return [head, ...lines.map((line) => paint(line, style))].join('\n');
};

const paint = (line: string, style: Style): string => {
  const look = lookOf(line);
  return look === undefined ? line : style(look, line);
};

const lookOf = (line: string): Look | undefined => {
  if (/^(?:\+\+\+|---|diff |index |new file|deleted file|old mode|new mode|rename |similarity )/.test(line))
    return 'dim';
  if (line.startsWith('@@')) return 'cyan';
  if (line.startsWith('+')) return 'green';
  return line.startsWith('-') ? 'red' : undefined;
};
