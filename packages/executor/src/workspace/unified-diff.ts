import { isUtf8 } from 'node:buffer';
import type { FileDiff } from '@agent-harbor/api-contract/schemas';
import { comparison, type Difference, readRaw } from './compare.ts';
import { type Git, slowMs, splitNul } from './git.ts';

/** The text of one file's difference; `binary` when there is none that could be written as UTF-8. */
export interface Patch {
  readonly diff: string;
  readonly binary: boolean;
  readonly hunks: FileDiff['hunks'];
}

export interface PatchOptions {
  /** Only these differences; all when absent. */
  readonly only?: readonly Difference[];
  readonly context: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** The unified diffs between two trees, by new path; each one, and all together, can be given to `git apply`. */
export const patchesBetween = async (
  git: Git,
  from: string,
  to: string,
  { only, context, maxBytes, signal }: PatchOptions,
): Promise<ReadonlyMap<string, Patch>> => {
  if (from === to || only?.length === 0) return new Map();
  const { stdout } = await git.run(
    [
      'diff-tree',
      '-r',
      '-z',
      '--raw',
      '--patch',
      `--unified=${context}`,
      '-M',
      '--full-index',
      '--no-abbrev',
      '--no-color',
      '--no-ext-diff',
      '--no-textconv',
      '--src-prefix=a/',
      '--dst-prefix=b/',
      from,
      to,
      '--',
      ...pathsOf(only),
    ],
    { config: comparison, maxOutputBytes: maxBytes, timeoutMs: slowMs, signal },
  );
  // An empty field stands between the list and the patch.
  const listEnd = stdout.indexOf('\0\0');
  const { entries } = readRaw(splitNul(stdout.subarray(0, listEnd + 1)));
  const sections = splitSections(stdout.subarray(listEnd + 2));
  const patches = new Map<string, Patch>();
  let at = 0;
  for (const { path, oldMode, newMode } of entries) {
    // A file that becomes a symbolic link is removed and added: two sections.
    const count = isKindChange(oldMode, newMode) ? 2 : 1;
    patches.set(path, readPatch(sections.slice(at, at + count)));
    at += count;
  }
  return patches;
};

/** More than fits into an argv is not filtered by git; the caller picks from the whole. */
const pathsOf = (only: readonly Difference[] | undefined): readonly string[] => {
  const paths = (only ?? []).flatMap(({ path, oldPath }) =>
    oldPath === undefined ? [path] : [oldPath, path],
  );
  const isPlain = paths.every((path) => !path.includes('\ufffd'));
  return isPlain && paths.reduce((sum, path) => sum + path.length, 0) < 20_000 ? paths : [];
};

const isKindChange = (oldMode: string, newMode: string): boolean =>
  oldMode !== '000000' && newMode !== '000000' && oldMode.slice(0, 3) !== newMode.slice(0, 3);

/** No line of a file can begin like a header: each has its mark in front. */
const splitSections = (patch: Buffer): readonly Buffer[] => {
  const sections: Buffer[] = [];
  for (let start = 0; start < patch.length; ) {
    const next = patch.indexOf('\ndiff --git ', start);
    const end = next === -1 ? patch.length : next + 1;
    sections.push(patch.subarray(start, end));
    start = end;
  }
  return sections;
};

const noPatch: Patch = { diff: '', binary: true, hunks: [] };

const readPatch = (sections: readonly Buffer[]): Patch => {
  const bytes = Buffer.concat(sections);
  if (!isUtf8(bytes)) return noPatch;
  const diff = bytes.toString('utf8');
  const hunks: FileDiff['hunks'] = [];
  let content: string[] = [];
  const close = () => {
    const last = hunks.at(-1);
    if (last !== undefined) last.content = content.join('');
    content = [];
  };
  let inHunk = false;
  for (const line of diff.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk !== null) {
      close();
      inHunk = true;
      const [, oldStart = '0', oldLines = '1', newStart = '0', newLines = '1'] = hunk;
      hunks.push({
        old_start: Number(oldStart),
        old_lines: Number(oldLines),
        new_start: Number(newStart),
        new_lines: Number(newLines),
        content: '',
      });
    } else if (line.startsWith('diff --git ')) {
      inHunk = false;
    } else if (inHunk) {
      content.push(line);
    } else if (line.startsWith('Binary files ')) {
      return noPatch;
    }
  }
  close();
  return { diff, binary: false, hunks };
};
