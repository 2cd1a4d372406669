import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AssetReader } from '../http/pages/assets.ts';

/** The files of Swagger UI from this package's dependencies, each read once. */
export const createSwaggerUiReader = (): AssetReader => {
  const read = new Map<string, Promise<Uint8Array>>();
  return (name) => {
    const known = read.get(name);
    if (known !== undefined) return known;
    const folder = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
    const file = readFile(join(folder, name));
    read.set(name, file);
    return file;
  };
};
