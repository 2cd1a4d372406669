import { describe, expect, it } from 'vitest';
import { compileGlob } from './glob.ts';

describe('globs', () => {
  it.each([
    ['src/a.ts', 'src/a.ts', true],
    ['src/*.ts', 'src/a.ts', true],
    ['src/*.ts', 'src/deep/a.ts', false],
    ['src/**/*.ts', 'src/a.ts', true],
    ['src/**/*.ts', 'src/x/y/a.ts', true],
    ['**', 'any/thing', true],
    ['*', 'any/thing', false],
    ['?.md', 'a.md', true],
    ['?.md', '/.md', false],
    ['a+(b)[c].txt', 'a+(b)[c].txt', true],
    ['', '', true],
    ['', 'a', false],
    ['😀?', '😀é', true],
  ])('%s on %s is %s', (glob, path, matches) => {
    expect(compileGlob(glob)(path)).toBe(matches);
  });

  it('stays quick on a pattern that makes backtracking explode', () => {
    expect(compileGlob(`${'*a'.repeat(50)}b`)('a'.repeat(2000))).toBe(false);
  });
});
