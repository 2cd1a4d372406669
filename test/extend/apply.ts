import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Change } from './guide.ts';

/** Makes one change of a guide in a tree. Throws when its place is not there, or not only once. */
export const apply = async (tree: string, { file, place, text }: Change): Promise<void> => {
  const path = join(tree, file);
  if (place.kind === 'new') {
    await mkdir(dirname(path), { recursive: true });
    // Fails for a file that is there.
    await writeFile(path, text, { flag: 'wx' });
    return;
  }
  const lines = (await readFile(path, 'utf8')).split('\n');
  const from = only(lines, place.line, file);
  const added = text.replace(/\n$/, '').split('\n');
  if (place.kind === 'replace') {
    const to = place.to === undefined ? from : next(lines, from, place.to, file);
    lines.splice(from, to - from + 1, ...added);
  } else {
    lines.splice(place.kind === 'after' ? from + 1 : from, 0, ...added);
  }
  await writeFile(path, lines.join('\n'));
};

/** Where the one line is that is meant. */
const only = (lines: readonly string[], meant: string, file: string): number => {
  const isMeant = matcher(meant);
  const found = lines.flatMap((line, index) => (isMeant(line) ? [index] : []));
  const [at] = found;
  if (at !== undefined && found.length === 1) return at;
  throw new Error(
    `${file} has the line ${JSON.stringify(meant)} ${found.length} times; a guide needs it once`,
  );
};

const next = (lines: readonly string[], from: number, meant: string, file: string): number => {
  const isMeant = matcher(meant);
  const at = lines.findIndex((line, index) => index > from && isMeant(line));
  if (at !== -1) return at;
  throw new Error(`${file} has no line ${JSON.stringify(meant)} after line ${from + 1}`);
};

const matcher = (meant: string): ((line: string) => boolean) => {
  const parts = meant.trim().split('…');
  const pattern = new RegExp(`^${parts.map(literally).join('.*')}$`);
  return (line) => pattern.test(line.trim());
};

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
