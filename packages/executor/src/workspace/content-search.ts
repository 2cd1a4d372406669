import { devNull } from 'node:os';
import { setImmediate as breathe } from 'node:timers/promises';
import {
  type Clock,
  type ContentSearch,
  type FoundContent,
  type FoundFile,
  type FoundLine,
  fieldProblem,
  Problem,
} from '@agent-harbor/core';
import type { StartProgram } from '../process/start-program.ts';
import { flatMapInSlices } from './in-slices.ts';
import { openInside } from './resolve-inside.ts';
import { runRipgrep } from './ripgrep.ts';
import { isPlain } from './stat-inside.ts';
import type { ListedEntry } from './tree-list.ts';

/** How long a whole search may take, milliseconds. */
const searchMs = 5_000;
/** How much ripgrep may print for it, bytes. */
const outputBytes = 16 * 1024 * 1024;
/** Larger files are not searched: a line of one is held whole. */
export const largeBytes = 16 * 1024 * 1024;
const linesPerFile = 20;
const countedLines = 100;
/** What is shown of a long line. */
const shownBytes = 400;
/** How much of a line ripgrep prints; only to compare it with what is read afterwards. */
const printedColumns = 160;
/** What fits on a command line, with room for the environment, and is put together in a few milliseconds. */
const argvBytes = process.platform === 'win32' ? 24 * 1024 : 256 * 1024;

interface SearchParts {
  readonly ripgrep: string;
  readonly start: StartProgram;
  readonly clock: Clock;
  readonly directory: string;
  readonly entries: readonly ListedEntry[];
  readonly large: ReadonlySet<string>;
  readonly wish: ContentSearch;
}

/** A match as ripgrep tells it. */
interface Hit {
  readonly line: number;
  readonly column: number;
  /** Where the line begins in the file. */
  readonly offset: number;
  readonly printed: Buffer;
}

/**
 * Searches the files that a listing has, so what is searched is what can be browsed. What is shown is read anew through
 * the door that no path gets out by: the files may be exchanged for links while ripgrep reads them.
 */
export const searchFiles = async ({
  ripgrep,
  start,
  clock,
  directory,
  entries,
  large,
  wish,
}: SearchParts): Promise<FoundContent> => {
  const { signal } = wish;
  const accepted = await flatMapInSlices(
    entries,
    ({ path, kind }) => (kind === 'file' && wish.accepts(path) && isPlain(path) ? [path] : []),
    signal,
  );
  const paths = accepted.filter((path) => !large.has(path));
  const searched = new Set(paths);
  const found = new Map<string, Hit[]>();
  const binary = new Set<string>();
  const startedAt = clock.now();
  let cutBy: FoundContent['cutBy'] = null;
  let left = outputBytes;
  // Without a file it still says whether the pattern is one.
  for (const some of paths.length === 0 ? [[]] : portions(paths)) {
    // To put a command line together and to start a process are turns of their own.
    await breathe();
    const read = createReader({
      hit(path, hit) {
        const hits = found.get(path) ?? [];
        hits.push(hit);
        if (searched.has(path)) found.set(path, hits);
      },
      binary: (path) => binary.add(path),
    });
    const end = await runRipgrep({
      program: ripgrep,
      start,
      clock,
      directory,
      args: [...flagsOf(wish), '--', ...(some.length === 0 ? [devNull] : some.map((path) => `./${path}`))],
      maxMs: Math.max(1, searchMs - (clock.now() - startedAt)),
      maxBytes: left,
      signal,
      output: (chunk) => {
        left -= chunk.length;
        read(chunk);
      },
    });
    if (end.kind === 'complained' && isAboutPattern(end.words)) throw badPattern(end.words);
    if (end.kind !== 'cut') continue;
    if (end.by === 'caller') throw new Problem('aborted', { cause: signal?.reason });
    cutBy = end.by;
    break;
  }
  for (const path of binary) found.delete(path);
  const sorted = [...found].sort(
    ([one, ofOne], [other, ofOther]) => ofOther.length - ofOne.length || (one < other ? -1 : 1),
  );
  const files: FoundFile[] = [];
  for (const [path, hits] of sorted) {
    const isShown = files.length < wish.limit;
    const lines = isShown ? await readLines(directory, path, hits.slice(0, linesPerFile)) : [];
    if (isShown && lines.length === 0) continue;
    files.push({ path, count: Math.min(hits.length, countedLines), lines });
  }
  return { files, cutBy, skippedLarge: accepted.length - paths.length };
};

const flagsOf = ({ pattern, isLiteral, isCaseSensitive }: ContentSearch): string[] => [
  // Nothing of the tree decides what is searched, and no link is followed.
  '--no-ignore',
  '--hidden',
  '--no-follow',
  '--no-messages',
  '--engine=default',
  '--encoding=auto',
  `--max-count=${countedLines}`,
  '--regex-size-limit=10M',
  '--dfa-size-limit=20M',
  '--threads=2',
  '--null',
  '--no-heading',
  '--with-filename',
  '--line-number',
  '--column',
  '--byte-offset',
  `--max-columns=${printedColumns}`,
  '--max-columns-preview',
  isCaseSensitive ? '--case-sensitive' : '--ignore-case',
  ...(isLiteral ? ['--fixed-strings'] : []),
  `--regexp=${pattern}`,
];

/** Paths in portions that fit on a command line. */
function* portions(paths: readonly string[]): Generator<readonly string[]> {
  let some: string[] = [];
  let bytes = 0;
  for (const path of paths) {
    const length = Buffer.byteLength(path) + 16;
    if (bytes + length > argvBytes && some.length > 0) {
      yield some;
      some = [];
      bytes = 0;
    }
    some.push(path);
    bytes += length;
  }
  if (some.length > 0) yield some;
}

interface Told {
  readonly hit: (path: string, hit: Hit) => void;
  /** It has bytes that are no text. */
  readonly binary: (path: string) => void;
}

/** Reads `./path NUL line:column:offset:text`, a line each, as it comes. */
const createReader = ({ hit, binary }: Told): ((chunk: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (;;) {
      // A path may hold line ends, so the line ends after the NUL.
      const nul = bytes.indexOf(0, start);
      const lineEnd = nul === -1 ? -1 : bytes.indexOf(0x0a, nul);
      if (lineEnd === -1) break;
      let place = bytes.toString('utf8', start, nul);
      // This it says in a line of its own, without a NUL.
      for (let said = aboutBinary.exec(place); said !== null; said = aboutBinary.exec(place)) {
        binary(said[1] ?? '');
        place = place.slice(said[0].length);
      }
      const head = /^(\d+):(\d+):(\d+):/.exec(bytes.toString('latin1', nul + 1, Math.min(nul + 64, lineEnd)));
      if (head !== null) {
        hit(place.slice(2), {
          line: Number(head[1]),
          column: Number(head[2]),
          offset: Number(head[3]),
          printed: Buffer.from(bytes.subarray(nul + 1 + head[0].length, lineEnd)),
        });
      }
      start = lineEnd + 1;
    }
    rest = bytes.subarray(start);
    const last = aboutBinary.exec(rest.toString('utf8'));
    if (last !== null) binary(last[1] ?? '');
  };
};

const aboutBinary = /^\.\/([^\n]*): binary file matches \(found [^\n]*\)\n/;

const readLines = async (
  directory: string,
  path: string,
  hits: readonly Hit[],
): Promise<readonly FoundLine[]> => {
  const opened = await openInside(directory, path).catch(() => undefined);
  if (opened === undefined) return [];
  const { handle } = opened;
  try {
    const lines: FoundLine[] = [];
    for (const hit of hits) {
      // A long line is shown around its first match.
      const skipped = hit.column > shownBytes / 2 ? hit.column - 1 - shownBytes / 4 : 0;
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(shownBytes + 1),
        0,
        shownBytes + 1,
        hit.offset + skipped,
      );
      const read = buffer.subarray(0, bytesRead);
      const lineEnd = read.indexOf(0x0a);
      const line = lineEnd === -1 ? read.subarray(0, shownBytes) : read.subarray(0, lineEnd);
      if (skipped === 0 && !isSame(line, hit.printed)) continue;
      const text = line.toString('utf8').replace(/\r$/, '');
      lines.push({ line: hit.line, column: hit.column, text: skipped === 0 ? text : withoutHalves(text) });
    }
    return lines;
  } finally {
    await handle.close();
  }
};

/** Whether what was read is what was found: the file may be another one by now. */
const isSame = (line: Buffer, printed: Buffer): boolean => {
  const length = Math.min(line.length, printed.length, printedColumns / 2);
  return line.subarray(0, length).equals(printed.subarray(0, length));
};

/** A cut may go through a character. */
const withoutHalves = (text: string): string => text.replace(/^\ufffd+|\ufffd+$/g, '');

const isAboutPattern = (words: string): boolean =>
  /regex|error parsing|unrecognized|compiled|literal .* is not allowed|look-around|backreference/i.test(
    words,
  );

const badPattern = (words: string): Problem => {
  const why =
    /^error: (.*)$/m.exec(words)?.[1] ??
    words
      .split('\n')
      .findLast((line) => line.trim() !== '')
      ?.trim() ??
    'it cannot be read';
  return fieldProblem(
    'q',
    `is no regular expression that can be searched for: ${why}; set literal=true to search for the text itself`,
  );
};
