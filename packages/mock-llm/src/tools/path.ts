/** The folder of a plain path, `''` for one at the root. */
export const dirname = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** The path below a folder, unless it is absolute already; as it is where no folder is known. */
export const below = (folder: string | undefined, path: string): string =>
  folder === undefined || path.startsWith('/') ? path : `${folder.replace(/\/$/, '')}/${path}`;
