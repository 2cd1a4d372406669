import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { ScenarioFolder } from '../load/folder.ts';

/** Larger files are no part of a scenario. */
const largestFile = 64 * 1024 * 1024;

/** A folder on the disk. Links are followed nowhere: whoever brings a scenario decides what it may read. */
export const diskFolder = (directory: string): ScenarioFolder => ({
  read(path) {
    const file = inside(directory, path);
    const found = file === undefined ? undefined : lstatSync(file, { throwIfNoEntry: false });
    if (file === undefined || found === undefined || !found.isFile() || found.size > largestFile)
      return undefined;
    return new Uint8Array(readFileSync(file));
  },
  list(path) {
    const folder = inside(directory, path);
    if (folder === undefined || lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
      return undefined;
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !relative(folder, entry.parentPath).split(sep).includes('.git'))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort();
  },
});

/** The place of a path below the folder; undefined when a link leads elsewhere on the way. */
const inside = (directory: string, path: string): string | undefined => {
  const wished = join(directory, ...path.split('/'));
  const parent = join(wished, '..');
  try {
    const real = realpathSync(parent);
    return real === join(realpathSync(directory), relative(directory, parent)) ? wished : undefined;
  } catch {
    return undefined;
  }
};
