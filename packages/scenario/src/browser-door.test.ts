import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

/** Every package that is loaded with a file, through the files it imports; types are not. */
const packagesOf = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(file)) return new Set();
  seen.add(file);
  const found = new Set<string>();
  const imports = /^(?:import|export)\s+(?!type\b)[^;]*?from '([^']+(?<!\.js))';/gms;
  for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(imports)) {
    if (!from.startsWith('.')) found.add(from);
    else for (const inner of packagesOf(join(dirname(file), from), seen)) found.add(inner);
  }
  return found;
};

it('plays the library without a reader for YAML', () => {
  const packages = packagesOf(join(import.meta.dirname, 'executor/create-scripted-executor.ts'));
  expect(packages).toContain('zod');
  expect(packages).not.toContain('yaml');
});
