import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { AssetReader } from '../http/pages/assets.ts';

/** The files of Swagger UI from this package's dependencies, each read once. */
export const createSwaggerUiReader = (): AssetReader => {
  const read = new Map<string, Promise<Uint8Array>>();
  return (name) => {
    const known = read.get(name);
    if (known !== undefined) return known;
    const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
    const file = readFile(join(folder, name));
    read.set(name, file);
    return file;
  };
};
