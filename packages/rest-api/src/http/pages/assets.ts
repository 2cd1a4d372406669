import { Problem } from '@agent-harbor/core';
import type { Answer } from '../answer.ts';
import { docsScript } from './docs.ts';

/** A file of the documentation page by name; the skins know where it lies. */
export type AssetReader = (name: 'swagger-ui.css' | 'swagger-ui-bundle.js') => Promise<Uint8Array>;

/** The parts of our own pages: not routes of the contract, but what a page of it needs. */
export type PageAssets = (method: string, path: string) => Promise<Answer | undefined>;

const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';

export const createPageAssets = (read: AssetReader | undefined): PageAssets => {
  const files: Readonly<Record<string, { readonly type: string; readonly load: () => Promise<Uint8Array> }>> =
    {
      '/api/docs/start.js': { type: script, load: async () => new TextEncoder().encode(docsScript) },
      ...(read === undefined
        ? {}
        : {
            '/api/docs/swagger-ui.css': { type: style, load: () => read('swagger-ui.css') },
            '/api/docs/swagger-ui-bundle.js': { type: script, load: () => read('swagger-ui-bundle.js') },
          }),
    };
  return async (method, path) => {
    const file = Object.hasOwn(files, path) ? files[path] : undefined;
    if (file === undefined) return undefined;
    if (method !== 'GET' && method !== 'HEAD')
      throw new Problem('method-not-allowed', { allow: ['GET', 'HEAD'] });
    const headers = { 'content-type': file.type, 'cache-control': 'public, max-age=3600' };
    return { status: 200, headers, payload: { kind: 'bytes', bytes: await file.load() } };
  };
};
