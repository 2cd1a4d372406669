/** A command of a guide: what it does with a tree. */
export type Command =
  | { readonly kind: 'script'; readonly package: string; readonly script: string }
  | { readonly kind: 'typecheck' }
  | { readonly kind: 'vitest'; readonly paths: readonly string[] };

/** Reads a line of a guide's `sh` block. Throws for a command the test does not know: then it learns it, or the guide. */
export const readCommand = (line: string): Command => {
  const [program, first, ...rest] = line.split(/\s+/);
  if (line === 'pnpm typecheck') return { kind: 'typecheck' };
  const [name, script] = rest;
  if (program === 'pnpm' && first === '--filter' && name !== undefined && script !== undefined) {
    return { kind: 'script', package: name, script };
  }
  if (line.startsWith('pnpm exec vitest run ')) return { kind: 'vitest', paths: rest.slice(2) };
  throw new Error(`Nobody runs "${line}" yet`);
};
