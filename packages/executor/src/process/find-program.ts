import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Whether a program can be started by this name with this search path. A relative path with a slash is looked up in
 * the workspace when the agent starts, so nothing can be said about it before.
 */
export const canFindProgram = (name: string, searchPath: string, extensions = ''): boolean => {
  if (isAbsolute(name)) return isProgram(name);
  if (/[\\/]/.test(name)) return true;
  const endings = ['', ...extensions.split(';').filter((ending) => ending !== '')];
  return searchPath
    .split(delimiter)
    .filter((directory) => isAbsolute(directory))
    .some((directory) => endings.some((ending) => isProgram(join(directory, name + ending))));
};

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};
