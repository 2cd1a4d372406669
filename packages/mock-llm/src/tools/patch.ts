import type { FileEdit } from '@agent-harbor/scenario';

/**
 * An edit as a patch of whole lines, in the form `apply_patch` takes. `seen` is what tools gave, the newest last: where
 * the old text is a part of lines, the whole of them is taken from there, as a model would that has read the file.
 */
export const patchOf = (edit: FileEdit, seen: readonly string[]): string | undefined => {
  const lines = changed(edit, seen);
  return lines === undefined ? undefined : ['*** Begin Patch', ...lines, '*** End Patch', ''].join('\n');
};

const changed = (edit: FileEdit, seen: readonly string[]): readonly string[] | undefined => {
  const { path, contents, oldText, newText = '', delete: isGone } = edit;
  if (isGone === true) return [`*** Delete File: ${path}`];
  if (typeof contents === 'string') return [`*** Add File: ${path}`, ...marked('+', contents)];
  if (oldText === undefined) return undefined;
  const whole = wholeLines(oldText, seen);
  const next = whole.replace(oldText, () => newText);
  return [`*** Update File: ${path}`, '@@', ...marked('-', whole), ...(next === '' ? [] : marked('+', next))];
};

const marked = (mark: string, text: string): readonly string[] =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => mark + line);

const wholeLines = (text: string, seen: readonly string[]): string => {
  const source = seen.findLast((output) => output.includes(text));
  if (source === undefined) return text;
  const at = source.indexOf(text);
  const end = source.indexOf('\n', at + Math.max(0, text.length - 1));
  return source.slice(source.lastIndexOf('\n', at - 1) + 1, end === -1 ? undefined : end);
};
