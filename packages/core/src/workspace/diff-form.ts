import type { DiffFormat, FileDiff } from '@agent-harbor/api-contract/schemas';
import { htmlOf } from './diff-html.ts';
import { rowsOf } from './split-rows.ts';

/** A unified diff in another form. */
export const inForm = (file: FileDiff, format: DiffFormat): FileDiff => {
  if (format === 'html') return { ...file, format, diff: htmlOf(file) };
  if (format === 'split')
    return { ...file, format, hunks: file.hunks.map((hunk) => ({ ...hunk, rows: rowsOf(hunk) })) };
  return file;
};
