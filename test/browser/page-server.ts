import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const resolve = createRequire(import.meta.url).resolve;

export interface PageServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** What a bundler makes of a page. Fails for whatever a browser does not have: no module of Node is left out. */
const bundle = async (name: string): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./pages/${name}.ts`, import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['@agent-harbor/source'],
  });
  return outputFiles[0]?.text ?? '';
};

/** Serves `pages/<name>.ts` as a page, with the worker script of MSW beside it. */
export const servePage = async (name: string): Promise<PageServer> => {
  const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
    '/': ['text/html', '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>'],
    '/page.js': ['text/javascript', await bundle(name)],
    '/mockServiceWorker.js': ['text/javascript', readFileSync(resolve('msw/mockServiceWorker.js'), 'utf8')],
  };
  const server = createServer((request, response) => {
    const [type, text] = files[request.url ?? ''] ?? [];
    if (type === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': type }).end(text);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The page has no port.');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
};
