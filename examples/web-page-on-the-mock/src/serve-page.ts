import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Where the page is served. */
export interface PageServer {
  readonly origin: string;
  close(): Promise<void>;
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The page as one script: what a bundler makes of it for a browser. */
const bundle = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [here('page.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['@agent-harbor/source'],
  });
  return outputFiles[0]?.text ?? '';
};

/** Serves the page on an origin of its own; port 0 takes a free one. */
export const servePage = async (port: number): Promise<PageServer> => {
  const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
    '/': ['text/html', await readFile(here('index.html'), 'utf8')],
    '/page.js': ['text/javascript', await bundle()],
  };
  const server = createServer((request, response) => {
    const [type, text] = files[request.url ?? ''] ?? [];
    if (type === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': type }).end(text);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The page has no port.');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
