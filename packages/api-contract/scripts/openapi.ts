// Writes openapi.json at the root of the repository; with --check it only says whether that would change it.
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { createOpenApiDocument } from '../src/openapi/index.ts';

const target = new URL('../../../openapi.json', import.meta.url);
const manifest = new URL('../package.json', import.meta.url);

const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, 'utf8')));
const text = `${JSON.stringify(createOpenApiDocument({ version }), null, 2)}\n`;

const current = (): string | undefined => {
  try {
    return readFileSync(target, 'utf8');
  } catch {
    return undefined;
  }
};

if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (current() !== text) {
  console.error(
    'openapi.json is not what the contract says: run `pnpm --filter @agent-harbor/api-contract openapi`',
  );
  process.exitCode = 1;
}
