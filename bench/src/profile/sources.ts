import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Frame } from './cpu-profile.ts';

/** Where in the sources a place of a bundle comes from, by the maps beside the bundles; its own path where there is none. */
export const createSources = (): ((frame: Frame) => string) => {
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (url: string): SourceMap | undefined => {
    if (!maps.has(url)) maps.set(url, readMap(url));
    return maps.get(url);
  };
  return ({ url, line, column }) => {
    const entry = mapOf(url)?.findEntry(line, column);
    return entry !== undefined && 'originalSource' in entry ? entry.originalSource : url;
  };
};

const readMap = (url: string): SourceMap | undefined => {
  if (!url.startsWith('file:')) return undefined;
  const path = `${fileURLToPath(url)}.map`;
  return existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
};
