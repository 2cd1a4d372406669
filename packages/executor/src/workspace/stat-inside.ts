import { constants, type Stats } from 'node:fs';
import { lstat, open, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { inPortions } from './in-portions.ts';
import { segmentsOf } from './resolve-inside.ts';

/**
 * Facts about paths below a directory whose content is hostile: of links themselves, never of what they lead to, and of
 * nothing that lies outside, also when a directory on the way is exchanged for a link meanwhile. What cannot be told is
 * left out.
 */
export const statInside = async (
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Stats>> => {
  const found = new Map<string, Stats>();
  const realRoot = await realpath(dirname(root)).then(
    (parent) => join(parent, basename(root)),
    () => undefined,
  );
  if (realRoot === undefined) return found;
  await inPortions([...byDirectory(paths)], ([directory, names]) =>
    inDirectory(realRoot, directory, (place) =>
      inPortions(names, async (name) => {
        const stats = await lstat(join(place, name)).catch(() => undefined);
        if (stats !== undefined) found.set(directory === '' ? name : `${directory}/${name}`, stats);
      }),
    ),
  );
  return found;
};

const byDirectory = (paths: readonly string[]): ReadonlyMap<string, string[]> => {
  const names = new Map<string, string[]>();
  for (const path of paths) {
    if (!isPlain(path)) continue;
    const slash = path.lastIndexOf('/');
    const directory = slash === -1 ? '' : path.slice(0, slash);
    const known = names.get(directory);
    if (known === undefined) names.set(directory, [path.slice(slash + 1)]);
    else known.push(path.slice(slash + 1));
  }
  return names;
};

/** Whether a path is one that callers write: relative, with `/`, none of its parts special. */
export const isPlain = (path: string): boolean => {
  try {
    return segmentsOf(path).length > 0;
  } catch {
    return false;
  }
};

/**
 * Does something in a directory that is held open: on Linux by the descriptor, which nobody can exchange. Elsewhere the
 * name is resolved again afterwards, and what was found is thrown away when it leads elsewhere.
 */
const inDirectory = async (
  root: string,
  directory: string,
  work: (place: string) => Promise<void>,
): Promise<void> => {
  const wanted = join(root, directory);
  const isThere = async () => (await realpath(wanted).catch(() => '')) === wanted;
  if (!(await isThere())) return;
  if (process.platform !== 'linux') {
    await work(wanted);
    return;
  }
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const handle = await open(wanted, flags).catch(() => undefined);
  if (handle === undefined) return;
  try {
    const place = `/proc/self/fd/${handle.fd}`;
    const real = await readlink(place).catch(() => '');
    if (real === root || real.startsWith(root + sep)) await work(place);
  } finally {
    await handle.close();
  }
};
