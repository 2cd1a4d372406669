import { fileURLToPath } from 'node:url';

const keepCompiled = fileURLToPath(new URL('../../../../tooling/keep-compiled.mjs', import.meta.url));

/** How a program of a checkout is started from its sources: Node and its arguments. */
export const fromSource = (file: string): [string, ...string[]] => [
  process.execPath,
  '--conditions=@agent-harbor/source',
  `--import=${keepCompiled}`,
  file,
];
