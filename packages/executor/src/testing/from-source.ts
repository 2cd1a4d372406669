import { join } from 'node:path';

const keepCompiled = join(import.meta.dirname, '../../../../tooling/keep-compiled.mjs');

/** How a program of this package is started from its sources: Node and its arguments, the last of them `path` below `src`. */
export const fromSource = (path: string): [string, ...string[]] => [
  process.execPath,
  '--conditions=@agent-harbor/source',
  `--import=${keepCompiled}`,
  join(import.meta.dirname, '..', path),
];
