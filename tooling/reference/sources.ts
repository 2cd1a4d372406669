import { fileURLToPath } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What the reference is made of: the libraries people import. The contract's own reference is openapi.json. */
export const sources = {
  packages: here('../../packages'),
  libraries: ['rest-client', 'mock-client', 'mock-llm', 'scenario', 'conformance', 'rest-api', 'core'],
  tsconfig: here('tsconfig.json'),
};
