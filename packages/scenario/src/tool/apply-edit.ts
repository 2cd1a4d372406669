import type { FileEdit } from '../format/files.ts';
import { bytesOf, textOf } from './bytes.ts';

/** The file after an edit (null: it is gone), or why the edit cannot be made. */
export type EditResult =
  | { readonly done: true; readonly after: Uint8Array | null }
  | { readonly done: false; readonly reason: string };

/** Edits a file given as its bytes; null is a file that does not exist. `everywhere` replaces every `oldText`. */
export const applyEdit = (edit: FileEdit, before: Uint8Array | null, everywhere = false): EditResult => {
  const { path } = edit;
  if (edit.contents !== undefined) return { done: true, after: bytesOf(edit.contents) };
  if (edit.delete) {
    return before === null ? cannot(`${path}: there is no such file`) : { done: true, after: null };
  }
  const text = before === null ? null : textOf(before);
  if (before !== null && text === null) return cannot(`${path}: is not a text file`);
  if (edit.oldText === undefined) return { done: true, after: bytesOf(byFigures(edit, text ?? '')) };
  if (text === null) return cannot(`${path}: there is no such file`);
  return replaceText(path, text, edit.oldText, edit.newText ?? '', everywhere);
};

const replaceText = (
  path: string,
  text: string,
  oldText: string,
  newText: string,
  everywhere: boolean,
): EditResult => {
  const parts = text.split(oldText);
  if (parts.length === 1) return cannot(`${path}: the text to replace is not in the file`);
  if (parts.length > 2 && !everywhere) {
    return cannot(`${path}: the text to replace is in the file ${parts.length - 1} times`);
  }
  return { done: true, after: bytesOf(parts.join(newText)) };
};

/** An edit of which only the figures are known: lines go at the end and come at the end. */
const byFigures = ({ path, linesAdded = 0, linesRemoved = 0 }: FileEdit, text: string): string => {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const kept = lines.slice(0, Math.max(0, lines.length - linesRemoved));
  const added = Array.from({ length: linesAdded }, (_, index) => `${path}: added line ${index + 1}`);
  const after = [...kept, ...added];
  return after.length === 0 ? '' : `${after.join('\n')}\n`;
};

const cannot = (reason: string): EditResult => ({ done: false, reason });
