import type { FileStatus } from '@agent-harbor/api-contract/schemas';
import type { LineHunk } from './line-diff.ts';

/** The diff of one text file as git writes it, so that `git apply` takes it. */
export const unifiedDiff = (path: string, status: FileStatus, hunks: readonly LineHunk[]): string => {
  const [old, young] = [gitName(`a/${path}`), gitName(`b/${path}`)];
  const header = [`diff --git ${old} ${young}`];
  if (status === 'added') header.push('new file mode 100644');
  if (status === 'deleted') header.push('deleted file mode 100644');
  if (hunks.length > 0) {
    header.push(`--- ${status === 'added' ? '/dev/null' : withTab(old)}`);
    header.push(`+++ ${status === 'deleted' ? '/dev/null' : withTab(young)}`);
  }
  const body = hunks.flatMap((hunk) => [hunkHeader(hunk), ...hunk.lines]);
  return `${[...header, ...body].join('\n')}\n`;
};

const hunkHeader = ({ oldStart, oldLines, newStart, newLines }: LineHunk): string =>
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
