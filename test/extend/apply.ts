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
  const { kind, line } = place;
  const found = lines.flatMap((candidate, index) => (candidate.trim() === line.trim() ? [index] : []));
  const [at] = found;
  if (at === undefined || found.length > 1) {
    throw new Error(`${file} has the line ${JSON.stringify(line)} ${found.length} times; a guide needs it once`);
  }
  const added = text.replace(/\n$/, '').split('\n');
  lines.splice(kind === 'after' ? at + 1 : at, kind === 'replace' ? 1 : 0, ...added);
  await writeFile(path, lines.join('\n'));
};
