import { createHash } from 'node:crypto';
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';

/** What is made from the sources, by whoever works here; a copy starts without. */
const made: ReadonlySet<string> = new Set(['.git', 'node_modules', 'dist', '.turbo', '.logs']);

export interface Copy {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * A copy of the sources in a folder of its own, with the packages installed: those of the workspace lead to the copy,
 * those of others to where they are already.
 */
export const copyTree = async (root: string): Promise<Copy> => {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'agent-harbor-extend-')));
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 5 });
  try {
    for (const file of await filesOf(root)) await cp(join(root, file), join(path, file));
    await link(join(root, 'node_modules'), join(path, 'node_modules'));
    const folders = await Promise.all(
      ['packages', 'apps', 'examples'].map((group) => packagesIn(root, group)),
    );
    for (const folder of ['test', 'tooling', 'tooling/reference', ...folders.flat()])
      await linkModules(root, path, folder);
    return { path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
};

/** Every source file of a tree, by its path with slashes. */
const filesOf = async (root: string, folder = ''): Promise<string[]> => {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const found = entries
    .filter(({ name }) => !made.has(name))
    .map(async (entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return filesOf(root, path);
      return entry.isFile() ? [path] : [];
    });
  return (await Promise.all(found)).flat();
};

const packagesIn = async (root: string, group: string): Promise<string[]> =>
  (await readdir(join(root, group))).map((name) => `${group}/${name}`);

const linkModules = async (root: string, copy: string, folder: string): Promise<void> => {
  const modules = join(folder, 'node_modules');
  for (const name of await list(join(root, modules))) {
    if (name.startsWith('.')) continue;
    const path = join(modules, name);
    if ((await lstat(join(root, path))).isSymbolicLink()) await linkModule(root, copy, path);
    else for (const inner of await list(join(root, path))) await linkModule(root, copy, join(path, inner));
  }
};

const linkModule = async (root: string, copy: string, path: string): Promise<void> => {
  const target = await realpath(join(root, path));
  const place = relative(root, target);
  const isOurs = !place.startsWith('..') && !place.split(sep).includes('node_modules');
  await link(isOurs ? join(copy, place) : target, join(copy, path));
};

/** Windows lets everybody make junctions. */
const link = async (target: string, path: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path, 'junction');
};

const list = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** What a tree holds: a digest by file. */
export type Inventory = ReadonlyMap<string, string>;

export const takeInventory = async (root: string): Promise<Inventory> => {
  const entries = (await filesOf(root)).map(async (file): Promise<[string, string]> => {
    const digest = createHash('sha256').update(await readFile(join(root, file)));
    return [file, digest.digest('hex')];
  });
  return new Map(await Promise.all(entries));
};

/** The files that are not the same in both, or in one only, sorted. */
export const differences = (before: Inventory, after: Inventory): string[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((file) => before.get(file) !== after.get(file))
    .sort();
