import type { DiffRow, FileDiff } from '@agent-harbor/api-contract/schemas';
import { linesOfHunk } from './split-rows.ts';

/**
 * The diff of a file as a fragment of HTML: a section with a table per hunk, a row per line. It has no scripts, styles,
 * links or ids, so that it can be put into any page; what an agent wrote is text there, whatever it looks like. The
 * `data-` attributes and the text of the cells hold every hunk to the byte: a carriage return, which HTML would read
 * as a line end, is written as a character reference.
 */
export const htmlOf = (file: FileDiff): string => {
  const counts = `<span class="ah-diff-counts">+${file.lines_added} −${file.lines_removed}</span>`;
  const name = file.old_path === undefined ? file.path : `${file.old_path} → ${file.path}`;
  const head = `<header class="ah-diff-file"><span class="ah-diff-path">${escaped(name)}</span> <span class="ah-diff-status">${file.status}</span> ${counts}</header>`;
  const notes = [
    ...(file.old_mode !== undefined && file.new_mode !== undefined && file.old_mode !== file.new_mode
      ? [`Mode ${file.old_mode} → ${file.new_mode}`]
      : []),
    ...(file.binary ? ['Binary file: its bytes are in the patch.'] : []),
    ...(file.lossy ? ['The text is not UTF-8: foreign bytes are shown as \ufffd.'] : []),
  ].map(noteOf);
  const end = file.truncated ? [noteOf('The diff goes on: all of it is in the patch.')] : [];
  const body = [...notes, ...file.hunks.map(hunkOf), ...end].join('');
  return `<section class="ah-diff" data-path="${attribute(file.path)}" data-status="${file.status}">${head}${body}</section>`;
};

const noteOf = (text: string): string => `<p class="ah-diff-note">${escaped(text)}</p>`;

const hunkOf = (hunk: FileDiff['hunks'][number]): string => {
  let left = hunk.old_start;
  let right = hunk.new_start;
  const rows = linesOfHunk(hunk).map((line) => {
    const text = escaped(line.slice(1));
    if (line.startsWith('-')) return row('removed', left++, undefined, '-', text);
    if (line.startsWith('+')) return row('added', undefined, right++, '+', text);
    if (line.startsWith('\\')) return row('no-line-end', undefined, undefined, '\\', text);
    return row('unchanged', left++, right++, ' ', text);
  });
  const [header = ''] = hunk.content.split('\n', 1);
  const { old_start, old_lines, new_start, new_lines } = hunk;
  const at = `data-old-start="${old_start}" data-old-lines="${old_lines}" data-new-start="${new_start}" data-new-lines="${new_lines}"`;
  return `<table class="ah-diff-hunk" ${at}><caption>${escaped(header)}</caption><tbody>${rows.join('')}</tbody></table>`;
};

type Kind = NonNullable<DiffRow['left']>['kind'] | 'no-line-end';

const row = (
  kind: Kind,
  left: number | undefined,
  right: number | undefined,
  mark: string,
  text: string,
): string =>
  `<tr class="ah-diff-${kind}"><td class="ah-diff-number">${left ?? ''}</td><td class="ah-diff-number">${right ?? ''}</td><td class="ah-diff-mark">${mark}</td><td class="ah-diff-text"><code>${text}</code></td></tr>`;

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

const attribute = (text: string): string =>
  text.replace(/[&<>"'\r\n\t]/g, (character) => references[character] ?? '');

const escaped = (text: string): string =>
  text.replace(/[&<>"'\r]/g, (character) => references[character] ?? '').replace(hidden, spelt);

/** Controls, what has no width, what turns the reading direction, and tags. */
const hidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/**
 * Characters that would vanish, or turn the reading direction so that code looks like other code, are marked, and stay
 * what they are. NUL cannot be in HTML at all.
 */
const spelt = (character: string): string => {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `<span class="ah-diff-hidden" title="U+${code}">${character === '\0' ? '\u2400' : character}</span>`;
};
