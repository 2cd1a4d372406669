import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Whether a program can be started by this name with this search path. A relative path with a slash is looked up in
 * the workspace when the agent starts, so nothing can be said about it before.
 */
export const canFindProgram = (name: string, searchPath: string, extensions = ''): boolean => {
  if (isAbsolute(name)) return isProgram(name);
  return /[\\/]/.test(name) || findProgram(name, searchPath, extensions) !== undefined;
};

/** Where a program of this name, without a directory, is on a search path. */
export const findProgram = (name: string, searchPath: string, extensions = ''): string | undefined => {
  if (/[\\/]/.test(name)) return undefined;
  const endings = ['', ...extensions.split(';').filter((ending) => ending !== '')];
  return searchPath
    .split(delimiter)
    .filter((directory) => isAbsolute(directory))
    .flatMap((directory) => endings.map((ending) => join(directory, name + ending)))
    .find(isProgram);
};

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};
