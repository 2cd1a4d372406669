import { isUtf8 } from 'node:buffer';
import type { Hunk } from '@agent-harbor/api-contract/schemas';

/** The text of one file's difference, as far as it was wanted. */
export interface PatchText {
  readonly diff: string;
  readonly hunks: readonly Hunk[];
  /** Git does not compare it line by line. */
  readonly binary: boolean;
  readonly truncated: boolean;
  /** Foreign bytes are replaced. */
  readonly lossy: boolean;
}

/** How much is kept, in bytes and lines. */
export interface TextLimit {
  readonly bytes: number;
  readonly lines: number;
}

/** Reads the sections of a patch as it comes, and holds no more of it than was asked for. */
export interface PatchReader {
  /** False when nothing more of what comes would be kept. */
  feed(chunk: Buffer): boolean;
  /** The sections, in their order; the last ones are missing when `feed` was false before they came. */
  end(): readonly PatchText[];
}

interface Section {
  readonly head: Buffer[];
  readonly hunks: { readonly header: string; readonly lines: Buffer[]; isWhole: boolean }[];
  bytes: number;
  lines: number;
  binary: boolean;
  truncated: boolean;
}

const newline = 0x0a;
const at = 0x40;
const start = Buffer.from('diff --git ');
const startBehind = Buffer.from('\ndiff --git ');

export const createPatchReader = (each: TextLimit, all: TextLimit): PatchReader => {
  const sections: Section[] = [];
  let section: Section | undefined;
  /** What came without its line end yet. */
  let rest: Buffer = Buffer.alloc(0);
  let isSkipping = false;
  let bytesLeft = all.bytes;
  let linesLeft = all.lines;

  const room = (): number =>
    section === undefined ? bytesLeft : Math.min(each.bytes - section.bytes, bytesLeft);

  const cut = (): void => {
    if (section !== undefined) section.truncated = true;
    isSkipping = true;
  };

  const take = (line: Buffer): void => {
    // No line of a file can begin like this: each has its mark in front.
    if (line.subarray(0, start.length).equals(start)) {
      section = { head: [], hunks: [], bytes: 0, lines: 0, binary: false, truncated: false };
      sections.push(section);
    }
    if (section === undefined) return;
    if (line.length > room() || section.lines >= each.lines || linesLeft <= 0) {
      cut();
      return;
    }
    section.bytes += line.length;
    section.lines += 1;
    bytesLeft -= line.length;
    linesLeft -= 1;
    const hunk = section.hunks.at(-1);
    if (line[0] === at) section.hunks.push({ header: line.toString('utf8'), lines: [], isWhole: true });
    else if (hunk !== undefined) hunk.lines.push(line);
    else {
      if (line.subarray(0, 13).equals(binaryLine)) section.binary = true;
      section.head.push(line);
    }
  };

  return {
    feed(chunk) {
      const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let from = 0;
      for (;;) {
        if (isSkipping) {
          if (bytesLeft <= start.length || linesLeft <= 0) return false;
          const next = data.indexOf(startBehind, from);
          if (next === -1) {
            // The beginning of the mark may be there already.
            rest = Buffer.from(data.subarray(Math.max(from, data.length - startBehind.length)));
            return true;
          }
          isSkipping = false;
          from = next + 1;
        }
        const end = data.indexOf(newline, from);
        if (end === -1) {
          rest = Buffer.from(data.subarray(from));
          if (rest.length <= room()) return true;
          // A line of such a length is never kept.
          cut();
          continue;
        }
        take(data.subarray(from, end + 1));
        // What is skipped is found behind the line end that stays.
        from = isSkipping ? end : end + 1;
      }
    },
    end: () => sections.map(textOf),
  };
};

const binaryLine = Buffer.from('Binary files ');

const textOf = (section: Section): PatchText => {
  if (section.truncated) {
    // The last hunk ended somewhere: its header says how far it goes now.
    const last = section.hunks.at(-1);
    if (last !== undefined) last.isWhole = false;
  }
  const { binary, truncated } = section;
  const parts = section.hunks.map((hunk) => ({ ...hunk, body: Buffer.concat(hunk.lines) }));
  const head = Buffer.concat(section.head);
  const lossy = !isUtf8(head) || parts.some(({ body }) => !isUtf8(body));
  const hunks = parts.flatMap((part) => hunkOf(part) ?? []);
  // Without hunks a cut section is only its name.
  const text = binary ? '' : head.toString('utf8') + hunks.map(({ content }) => content).join('');
  return { diff: text, hunks: binary ? [] : hunks, binary, truncated, lossy };
};

const hunkOf = (part: Section['hunks'][number] & { readonly body: Buffer }): Hunk | undefined => {
  const match = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@([^\n]*)/.exec(part.header);
  if (match === null || part.lines.length === 0) return undefined;
  const [, oldStart = '0', oldLines = '1', newStart = '0', newLines = '1', heading = ''] = match;
  const counts = { old: Number(oldLines), young: Number(newLines) };
  if (!part.isWhole) {
    const marked = (mark: number) => part.lines.filter((line) => line[0] === mark).length;
    const shared = marked(0x20);
    counts.old = shared + marked(0x2d);
    counts.young = shared + marked(0x2b);
  }
  const header = part.isWhole
    ? part.header
    : `@@ -${range(oldStart, counts.old)} +${range(newStart, counts.young)} @@${heading}\n`;
  return {
    old_start: Number(oldStart),
    old_lines: counts.old,
    new_start: Number(newStart),
    new_lines: counts.young,
    content: header + part.body.toString('utf8'),
  };
};

const range = (first: string, count: number): string => (count === 1 ? first : `${first},${count}`);
