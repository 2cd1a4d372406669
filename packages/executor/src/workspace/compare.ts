import { setImmediate as breathe } from 'node:timers/promises';
import type { FileStatus } from '@agent-harbor/api-contract/schemas';
import { type Git, slowMs, splitNul } from './git.ts';

/** One file that differs between two trees. */
export interface Difference {
  /** The path as git stores it; `path` is the same for reading, with foreign bytes replaced. */
  readonly name: Buffer;
  readonly path: string;
  readonly oldName?: Buffer;
  readonly oldPath?: string;
  readonly status: FileStatus;
  /** Of a renamed file, in percent. */
  readonly similarity?: number;
  /** As in git: 100644, 100755, 120000 for a symbolic link, 160000 for a submodule, 000000 for none. */
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldId: string;
  readonly newId: string;
  readonly binary: boolean;
  readonly linesAdded: number;
  readonly linesRemoved: number;
}

/** Above this a file is compared as a whole, like a binary one. */
export const comparedBytes = 16 * 1024 * 1024;
export const comparison: Readonly<Record<string, string>> = { 'core.bigFileThreshold': `${comparedBytes}` };

/** What differs between two trees, in git's order. */
export const compareTrees = async (
  git: Git,
  from: string,
  to: string,
  options: { readonly renames: boolean; readonly signal?: AbortSignal | undefined },
): Promise<readonly Difference[]> => {
  if (from === to) return [];
  const renames = options.renames ? '-M' : '--no-renames';
  const { stdout } = await git.run(
    [
      'diff-tree',
      '-r',
      '-z',
      '--raw',
      '--numstat',
      '--no-abbrev',
      '--no-ext-diff',
      '--no-textconv',
      renames,
      from,
      to,
    ],
    { config: comparison, signal: options.signal, timeoutMs: slowMs },
  );
  const fields = splitNul(stdout);
  const entries: Entry[] = [];
  let end = 0;
  for (;;) {
    const raw = readRaw(fields, end, portion);
    entries.push(...raw.entries);
    end = raw.end;
    if (raw.entries.length < portion) break;
    await breathe();
  }
  const differences: Difference[] = [];
  const counts = readCounts(fields, end);
  for (const entry of entries) {
    differences.push({ ...entry, ...(counts.next().value ?? noCounts) });
    if (differences.length % portion === 0) await breathe();
  }
  return differences;
};

/** How many entries are read before others get their turn. */
const portion = 1_000;

type Entry = Omit<Difference, 'binary' | 'linesAdded' | 'linesRemoved'>;
type Counts = Pick<Difference, 'binary' | 'linesAdded' | 'linesRemoved'>;

const noCounts: Counts = { binary: true, linesAdded: 0, linesRemoved: 0 };

/** The `--raw -z` part from a field on, at most so many entries; `end` is the first field behind them. */
export const readRaw = (
  fields: readonly Buffer[],
  start = 0,
  most = Number.POSITIVE_INFINITY,
): { readonly entries: readonly Entry[]; readonly end: number } => {
  const entries: Entry[] = [];
  let at = start;
  while (entries.length < most && fields[at]?.[0] === colon) {
    const [oldMode = '', newMode = '', oldId = '', newId = '', letter = ''] = String(fields[at])
      .slice(1)
      .split(' ');
    const first = fields[at + 1] ?? Buffer.alloc(0);
    const moved = letter.startsWith('R');
    const name = moved ? (fields[at + 2] ?? first) : first;
    entries.push({
      name,
      path: name.toString('utf8'),
      ...(moved ? { oldName: first, oldPath: first.toString('utf8') } : {}),
      status: statuses[letter.charAt(0)] ?? 'modified',
      ...(moved ? { similarity: Number(letter.slice(1)) } : {}),
      oldMode,
      newMode,
      oldId,
      newId,
    });
    at += moved ? 3 : 2;
  }
  return { entries, end: at };
};

const colon = 0x3a;
const statuses: Readonly<Record<string, FileStatus>> = { A: 'added', D: 'deleted', R: 'renamed' };

/** The `--numstat -z` part: one record per entry, in the same order. */
function* readCounts(fields: readonly Buffer[], start: number): Generator<Counts, undefined> {
  for (let at = start; at < fields.length; ) {
    const [added = '', removed = '', name = ''] = (fields[at]?.toString('latin1') ?? '').split('\t', 3);
    yield added === '-'
      ? noCounts
      : { binary: false, linesAdded: Number(added), linesRemoved: Number(removed) };
    // A rename has an empty name here and both names in fields of their own.
    at += name === '' ? 3 : 1;
  }
  return undefined;
}
