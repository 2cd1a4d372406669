import type { ChangedFile } from '@agent-harbor/api-contract/schemas';
import type { LineHunk } from './line-diff.ts';

/** Which files a diff is between: their names, what became of them, and git's ids of their contents. */
export interface DiffHead extends Pick<ChangedFile, 'path' | 'old_path' | 'status' | 'similarity'> {
  readonly oldId: string;
  readonly newId: string;
}

/** The diff of one text file as git writes it, so that `git apply` takes it. */
export const unifiedDiff = (head: DiffHead, hunks: readonly LineHunk[]): string => {
  const { status } = head;
  const [old, young] = namesOf(head);
  const names =
    hunks.length > 0
      ? [
          `--- ${status === 'added' ? '/dev/null' : withTab(old)}`,
          `+++ ${status === 'deleted' ? '/dev/null' : withTab(young)}`,
        ]
      : [];
  const body = hunks.flatMap((hunk) => [hunkHeader(hunk), ...hunk.lines]);
  return `${[...headerOf(head), ...names, ...body].join('\n')}\n`;
};

/** What stands above the changes of a file, also of one that is no text. */
export const headerOf = (head: DiffHead): readonly string[] => {
  const { path, old_path, status, similarity = 100, oldId, newId } = head;
  const [old, young] = namesOf(head);
  const header = [`diff --git ${old} ${young}`];
  if (status === 'added') header.push('new file mode 100644');
  if (status === 'deleted') header.push('deleted file mode 100644');
  if (old_path !== undefined) {
    header.push(
      `similarity index ${similarity}%`,
      `rename from ${gitName(old_path)}`,
      `rename to ${gitName(path)}`,
    );
  }
  const hasBoth = status === 'modified' || status === 'renamed';
  if (oldId !== newId) header.push(`index ${oldId}..${newId}${hasBoth ? ' 100644' : ''}`);
  return header;
};

const namesOf = ({ path, old_path = path }: DiffHead): readonly [string, string] => [
  gitName(`a/${old_path}`),
  gitName(`b/${path}`),
];

/** The line above a hunk. */
export const hunkHeader = ({ oldStart, oldLines, newStart, newLines }: LineHunk): string =>
  `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`;

const range = (start: number, lines: number): string => (lines === 1 ? `${start}` : `${start},${lines}`);

/** A name with blanks ends in a tab, so that readers see where it ends. */
const withTab = (name: string): string => (name.includes(' ') && !name.startsWith('"') ? `${name}\t` : name);

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** Names that would break the line are quoted as in C. */
const gitName = (name: string): string =>
  /["\\\u0000-\u001f\u007f]/.test(name)
    ? `"${name.replace(/["\\\u0000-\u001f\u007f]/g, (character) => escapes[character] ?? octal(character))}"`
    : name;

const octal = (character: string): string => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
