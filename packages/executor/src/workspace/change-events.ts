import { isUtf8 } from 'node:buffer';
import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { readBlobs, readEnds, sizesOf } from './blobs.ts';
import { compareTrees, type Difference } from './compare.ts';
import type { Git } from './git.ts';

/** Beyond either, a text is shortened. */
const longBytes = 64 * 1024;
const longLines = 2_000;
/** What a shortened text keeps: lines, and at most so many bytes of them. */
const keptHead = { lines: 200, bytes: 32 * 1024 };
const keptTail = { lines: 50, bytes: 16 * 1024 };
/** When both texts together would encode to more than fits into one event. */
const encodedBytes = 200 * 1024;
/** A larger file is never held as a whole. */
const wholeBytes = 1024 * 1024;
/** How much is read in one command. */
const readBytes = 2 * 1024 * 1024;
/** What one look may report in texts; of the files after that only the numbers are told. */
const lookBytes = 8 * 1024 * 1024;

export interface ChangeEventsOptions {
  readonly git: Git;
  readonly sessionId: string;
  readonly from: string;
  readonly to: string;
  readonly signal?: AbortSignal | undefined;
}

/** What happened between two looks: `file_edit` and `diff` for every changed file, in portions. */
export async function* changeEvents(options: ChangeEventsOptions): AsyncGenerator<EventBody[]> {
  const { git, from, to, signal } = options;
  const found = await compareTrees(git, from, to, { renames: false, signal });
  const differences = found.filter(({ oldMode, newMode }) => oldMode !== submodule && newMode !== submodule);
  const sizes = await sizesOf(git, differences.flatMap(idsOf), signal);
  const sizeOf = (difference: Difference) =>
    idsOf(difference).reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0);
  let budget = lookBytes;
  for (const portion of portionsOf(differences, (difference) => Math.min(sizeOf(difference), readBytes))) {
    const isSmall = (id: string) => (sizes.get(id) ?? 0) <= wholeBytes;
    const told = portion.filter((difference) => {
      const cost = difference.binary ? 0 : Math.min(sizeOf(difference), 2 * longBytes);
      budget -= cost;
      return budget >= 0;
    });
    const small = told
      .filter(({ binary }) => !binary)
      .flatMap(idsOf)
      .filter(isSmall);
    const blobs = await readBlobs(git, small, signal);
    const events: EventBody[] = [];
    for (const difference of portion) {
      events.push(editOf(difference));
      if (difference.oldId === difference.newId) continue;
      const texts = told.includes(difference)
        ? await textsOf(git, difference, blobs, signal)
        : untold(difference);
      events.push(diffOf(options.sessionId, difference.path, texts));
    }
    yield events;
  }
}

const submodule = '160000';
const isNone = (id: string): boolean => /^0+$/.test(id);
const idsOf = ({ oldId, newId }: Difference): string[] => [oldId, newId].filter((id) => !isNone(id));

function* portionsOf(
  differences: readonly Difference[],
  sizeOf: (difference: Difference) => number,
): Generator<readonly Difference[]> {
  let portion: Difference[] = [];
  let bytes = 0;
  for (const difference of differences) {
    portion.push(difference);
    bytes += sizeOf(difference);
    if (bytes < readBytes && portion.length < 200) continue;
    yield portion;
    portion = [];
    bytes = 0;
  }
  if (portion.length > 0) yield portion;
}

const editOf = ({ path, status, oldMode, newMode, oldId, newId, ...counts }: Difference): EventBody => ({
  type: 'file_edit',
  file_path: path,
  lines_added: counts.linesAdded,
  lines_removed: counts.linesRemoved,
  ...(status === 'added' ? { description: 'created' } : {}),
  ...(status === 'deleted' ? { description: 'deleted' } : {}),
  ...(oldId === newId ? { description: `mode ${oldMode} → ${newMode}` } : {}),
});

interface Texts {
  readonly oldText: string | null;
  readonly newText: string | null;
  readonly binary?: true;
  readonly truncated?: true;
}

const diffOf = (sessionId: string, path: string, texts: Texts): EventBody => ({
  type: 'diff',
  path,
  ...texts,
  ...(texts.truncated
    ? { fullDiffUrl: `/api/v1/sessions/${sessionId}/diff/${encodeURIComponent(path)}` }
    : {}),
});

const binaryTexts: Texts = { oldText: null, newText: null, binary: true };

const untold = ({ oldId, newId, binary }: Difference): Texts =>
  binary
    ? binaryTexts
    : { oldText: isNone(oldId) ? null : '', newText: isNone(newId) ? null : '', truncated: true };

/** A text as far as it was read: whole, or its two ends. */
interface Reading {
  readonly head: string;
  readonly tail: string;
  readonly isLong: boolean;
}

const textsOf = async (
  git: Git,
  { oldId, newId, binary }: Difference,
  blobs: ReadonlyMap<string, Buffer>,
  signal: AbortSignal | undefined,
): Promise<Texts> => {
  if (binary) return binaryTexts;
  const read = async (id: string): Promise<Reading | 'binary' | null> => {
    if (isNone(id)) return null;
    const blob = blobs.get(id);
    if (blob !== undefined) return readWhole(blob);
    return cutEnds(await readEnds(git, id, longBytes, keptTail.bytes, signal));
  };
  const [before, after] = [await read(oldId), await read(newId)];
  if (before === 'binary' || after === 'binary') return binaryTexts;
  const isLong = before?.isLong || after?.isLong;
  const whole: Texts = { oldText: before?.head ?? null, newText: after?.head ?? null };
  if (!isLong && encodedSize(whole) <= encodedBytes) return whole;
  const cut = { oldText: shorten(before, 1), newText: shorten(after, 1), truncated: true } as const;
  if (encodedSize(cut) <= encodedBytes) return cut;
  return { oldText: shorten(before, 3), newText: shorten(after, 3), truncated: true };
};

const encodedSize = ({ oldText, newText }: Texts): number =>
  Buffer.byteLength(JSON.stringify([oldText, newText]));

const readWhole = (blob: Buffer): Reading | 'binary' => {
  if (!isUtf8(blob)) return 'binary';
  const head = blob.toString('utf8');
  return { head, tail: '', isLong: blob.length > longBytes || linesOf(head).length > longLines };
};

/** Characters torn by the cut are left out, and so is the line that begins in the part not read. */
const cutEnds = ({ head, tail }: { readonly head: Buffer; readonly tail: Buffer }): Reading | 'binary' => {
  const from = [0, 1, 2, 3].find((skip) => isUtf8(tail.subarray(skip)));
  const to = [0, 1, 2, 3].find((drop) => isUtf8(head.subarray(0, head.length - drop)));
  if (from === undefined || to === undefined) return 'binary';
  const end = tail.toString('utf8', from);
  return {
    head: head.toString('utf8', 0, head.length - to),
    tail: end.slice(end.indexOf('\n') + 1),
    isLong: true,
  };
};

const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** First and last lines; fewer bytes of them with a larger `divisor`. */
const shorten = (reading: Reading | null, divisor: number): string | null => {
  if (reading === null) return null;
  const lines = linesOf(reading.head);
  const rest = reading.tail === '' ? lines.slice(keptHead.lines) : linesOf(reading.tail);
  const head = lines.slice(0, keptHead.lines).join('');
  const tail = rest.slice(-keptTail.lines).join('');
  return firstBytes(head, keptHead.bytes / divisor) + lastBytes(tail, keptTail.bytes / divisor);
};

const firstBytes = (text: string, limit: number): string => {
  const bytes = Buffer.from(text);
  let end = Math.min(bytes.length, Math.floor(limit));
  while (end < bytes.length && end > 0 && isInside(bytes[end])) end -= 1;
  return bytes.toString('utf8', 0, end);
};

const lastBytes = (text: string, limit: number): string => {
  const bytes = Buffer.from(text);
  let start = Math.max(0, bytes.length - Math.floor(limit));
  while (start < bytes.length && isInside(bytes[start])) start += 1;
  return bytes.toString('utf8', start);
};

/** Whether a byte goes on with a character that began before it. */
const isInside = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
