import type { PreviewQuery } from '@agent-harbor/api-contract/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileHead, TreeEntry, WorkspaceTree } from '../executor/workspace-look.ts';
import { browse } from './browse.ts';
import { fuzzyQuery, fuzzyScore } from './fuzzy.ts';
import { maskOf, pathIndexOf } from './path-index.ts';
import { previewOf } from './preview.ts';
import { acceptedBy, presentMatches } from './search-content.ts';
import { searchPaths } from './search-paths.ts';
import { decoded } from './text-encoding.ts';

const treeOf = (paths: readonly string[], members: Partial<WorkspaceTree> = {}) => {
  let breaths = 0;
  const tree: WorkspaceTree = {
    entries: paths.map((path): TreeEntry => ({ path, kind: 'file', isModified: path.includes('changed') })),
    facts: async (wanted) => new Map(wanted.map((path) => [path, { bytes: path.length, modifiedAt: 0 }])),
    totalBytes: async () => 0,
    breathe: async () => {
      breaths += 1;
    },
    ...members,
  };
  return { tree, breaths: () => breaths };
};

const score = (query: string, path: string): number =>
  fuzzyScore(fuzzyQuery(query), path.toLowerCase(), maskOf(path.toLowerCase()));

describe('fuzzy scores', () => {
  it.each([
    ['auth', ['src/auth.ts', 'src/my-auth.ts', 'src/oauth.ts', 'auth/a.ts', 'a/u/t/h.ts']],
    ['AuthTs', ['src/auth.ts', 'src/a-u-t-h.ts']],
    ['src auth', ['src/auth.ts', 'lib/src/x/auth.ts']],
    ['index', ['index.ts', 'a/long/way/down/to/the/index.ts', 'src/reindex.ts']],
  ])('%s orders %j', (query, paths) => {
    const scores = paths.map((path) => score(query, path));
    expect(scores).toEqual([...scores].sort((one, other) => other - one));
    expect(Math.min(...scores)).toBeGreaterThan(0);
    expect(Math.max(...scores)).toBeLessThanOrEqual(1);
  });

  it('are 0 for what lacks a letter, a word or everything', () => {
    for (const query of ['x', 'auth x', 'htua', ' ']) expect(score(query, 'src/auth.ts')).toBe(0);
  });

  it('find every path by letters of it in order, whatever they are', () => {
    const path = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
    fc.assert(
      fc.property(path, fc.infiniteStream(fc.boolean()), (whole, kept) => {
        const lower = whole.toLowerCase();
        const letters = [...lower].filter((letter) => letter.trim() !== '' && kept.next().value).join('');
        if (letters !== '') expect(fuzzyScore(fuzzyQuery(letters), lower, maskOf(lower))).toBeGreaterThan(0);
      }),
    );
  });
});

describe('the index of a tree', () => {
  it('takes what stayed as it was from the state before', async () => {
    const { tree } = treeOf(['a.ts', 'd/b.ts', 'd/c.ts']);
    const [a, b, c] = (await pathIndexOf(tree)).files;
    const changed = { path: 'd/b.ts', kind: 'file', isModified: true } as const;
    const entries = tree.entries.map((entry) => (entry.path === changed.path ? changed : entry));
    const { files, directories } = await pathIndexOf({ ...tree, entries });
    expect(files[0]).toBe(a);
    expect(files[1]).not.toBe(b);
    expect(files[2]).toBe(c);
    expect(directories.map(({ entry }) => entry)).toEqual([{ path: 'd', fileCount: 2, isModified: true }]);
  });

  it('is made once for a tree, and lets others have their turn meanwhile', async () => {
    const paths = Array.from({ length: 20_000 }, (_, index) => `d${index % 50}/file-${index}.ts`).sort();
    const { tree, breaths } = treeOf(paths);
    const first = pathIndexOf(tree);
    expect(pathIndexOf(tree)).toBe(first);
    expect((await first).directories).toHaveLength(50);
    expect(breaths()).toBeGreaterThanOrEqual(10);
    const before = breaths();
    const { total, files } = await searchPaths(tree, pathQuery('file'), async () => new Map(), undefined);
    expect([total, files.length]).toEqual([20_000, 20]);
    expect(breaths() - before).toBeGreaterThanOrEqual(10);
    const page = await browse(tree, { perPage: 2 }, undefined);
    expect([page.total, page.children.map(({ path }) => path)]).toEqual([50, ['d0', 'd1']]);
    expect(pathIndexOf(tree)).toBe(first);
  });

  it('is made anew when it failed', async () => {
    let isBroken = true;
    const { tree } = treeOf(['a'], {
      breathe: async () => {
        if (isBroken) throw new Error('no air');
      },
    });
    await expect(pathIndexOf(tree)).rejects.toThrow('no air');
    isBroken = false;
    expect((await pathIndexOf(tree)).files).toHaveLength(1);
  });
});

const pathQuery = (q: string) =>
  ({ q, type: 'both', limit: 20, include_preview: 'true' }) as const satisfies Parameters<
    typeof searchPaths
  >[1];

const headOf = (bytes: Uint8Array, members: Partial<FileHead> = {}): FileHead => ({
  head: bytes,
  bytes: bytes.length,
  modifiedAt: null,
  lines: 1,
  ...members,
});

describe('a path search', () => {
  it('shows the beginning of small text, and asks for nothing it does not show', async () => {
    const { tree } = treeOf(['changed.ts', 'large.ts', 'logo.png'], {
      facts: async () =>
        new Map([
          ['changed.ts', { bytes: 9, modifiedAt: 1 }],
          ['large.ts', { bytes: 10_000, modifiedAt: Number.POSITIVE_INFINITY }],
          ['logo.png', { bytes: 4, modifiedAt: 1 }],
        ]),
    });
    const asked: string[] = [];
    const heads = async (paths: readonly string[]) => {
      asked.push(...paths);
      return new Map([
        ['changed.ts', headOf(new TextEncoder().encode('1\n2\n3\n4\n5\n6'))],
        ['logo.png', headOf(Uint8Array.of(0x89, 0, 1))],
      ]);
    };
    const { files } = await searchPaths(tree, pathQuery('g'), heads, undefined);
    expect(files.map(({ path, preview, last_modified }) => [path, preview, last_modified])).toEqual([
      ['large.ts', null, null],
      ['logo.png', null, '1970-01-01T00:00:00.001Z'],
      ['changed.ts', '1\n2\n3\n4\n5', '1970-01-01T00:00:00.001Z'],
    ]);
    expect(asked.sort()).toEqual(['changed.ts', 'logo.png']);
  });
});

const wish: PreviewQuery = { max_lines: 2, max_bytes: 8 };
const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('a preview', () => {
  it.each([
    ['a.ts', bytesOf('1\n2\n3'), 'utf-8', '1\n2', true, 'typescript'],
    ['a.md', bytesOf('äöüä'), 'utf-8', 'äöüä', false, 'markdown'],
    ['a.txt', bytesOf('1234567ä'), 'utf-8', '1234567', true, 'plaintext'],
    ['a.txt', Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), 'utf-8', 'a', false, 'plaintext'],
    ['a.txt', Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x62, 0), 'utf-16le', 'ab', false, 'plaintext'],
    ['a.txt', Uint8Array.of(0xfe, 0xff, 0, 0x61), 'utf-16be', 'a', false, 'plaintext'],
    ['a.txt', Uint8Array.of(0x63, 0x61, 0x66, 0xe9), 'windows-1252', 'café', false, 'plaintext'],
    ['a.ts', Uint8Array.of(0x61, 0, 0x62), 'binary', '', false, 'binary'],
    ['a.bin', Uint8Array.of(0xe9, 0x01), 'binary', '', false, 'binary'],
    ['Makefile', new Uint8Array(), 'utf-8', '', false, 'makefile'],
  ])('of %s with %j is %s', (path, bytes, encoding, content_preview, is_truncated, language) => {
    const shown = previewOf(path, headOf(bytes), wish, undefined);
    expect(shown).toMatchObject({ encoding, content_preview, is_truncated, language });
    expect(shown.is_binary).toBe(encoding === 'binary');
  });

  it('knows a picture by its bytes alone, and never takes a script for one', () => {
    const png = Uint8Array.of(
      0x89,
      0x50,
      0x4e,
      0x47,
      0x0d,
      0x0a,
      0x1a,
      0x0a,
      0,
      0,
      0,
      13,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      3,
      0,
      0,
      1,
      0,
    );
    const gif = Uint8Array.of(0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 7, 0, 9, 0, 0);
    const jpeg = Uint8Array.of(
      0xff,
      0xd8,
      0xff,
      0xe0,
      0,
      4,
      0,
      0,
      0xff,
      0xc0,
      0,
      11,
      8,
      0,
      5,
      0,
      6,
      3,
      1,
      0,
      0,
    );
    expect(previewOf('x.txt', headOf(png), wish, png).image).toEqual({
      mime_type: 'image/png',
      width: 3,
      height: 256,
      data: btoa(String.fromCharCode(...png)),
    });
    expect(previewOf('x', headOf(gif), wish, undefined).image).toMatchObject({
      width: 7,
      height: 9,
      data: null,
    });
    expect(previewOf('x', headOf(jpeg), wish, undefined).image).toMatchObject({ width: 6, height: 5 });
    const svg = bytesOf('<svg onload="alert(1)"/>');
    const shown = previewOf('x.png', headOf(svg), { max_lines: 1, max_bytes: 100 }, undefined);
    expect([shown.image, shown.is_binary]).toEqual([null, false]);
  });

  it('is of whatever bytes some answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (bytes, isWhole) => {
        const { encoding, text } = decoded(bytes, isWhole);
        expect(text === null).toBe(encoding === 'binary');
        previewOf('x.png', headOf(bytes), wish, bytes);
      }),
    );
  });
});

describe('a content search', () => {
  const query = { q: 'x', case_sensitive: 'false', limit: 1 } as const;

  it.each([
    [{ path: 'src' }, ['src/a.ts', 'src/deep/b.TS']],
    [{ path: 'src/' }, ['src/a.ts', 'src/deep/b.TS']],
    [{ path: 'src/a.ts' }, ['src/a.ts']],
    [{ type: 'ts' }, ['src/a.ts', 'src/deep/b.TS', 'srcs/c.ts']],
    [{ include_pattern: 'src/*' }, ['src/a.ts']],
    [{ exclude_pattern: '**/*.ts' }, ['src/deep/b.TS', 'readme.md']],
  ])('%j is about %j', (members, paths) => {
    const all = ['src/a.ts', 'src/deep/b.TS', 'srcs/c.ts', 'readme.md'];
    expect(all.filter(acceptedBy({ ...query, ...members }))).toEqual(paths);
  });

  it('tells what kind of line was found, and counts over all of it', () => {
    const lines = [
      ['export async function a() {', 'function_definition'],
      ['export const a = async (b: string): Promise<void> => {', 'function_definition'],
      ['def f(x):', 'function_definition'],
      ['  class A {', 'class_definition'],
      ['export interface A {', 'type_definition'],
      ["import a from 'b';", 'import'],
      ['// function x', 'comment'],
      ['const a = 1;', 'text'],
    ] as const;
    const found = presentMatches(
      {
        files: [
          {
            path: 'src/a.ts',
            count: 4,
            lines: lines.map(([text], place) => ({ line: place + 1, column: 1, text })),
          },
          { path: 'b.md', count: 1, lines: [] },
        ],
        cutBy: 'time',
        skippedLarge: 2,
      },
      1,
    );
    expect(found.results).toHaveLength(1);
    expect(found.results[0]?.matches.map(({ match_type }) => match_type)).toEqual(
      lines.map(([, kind]) => kind),
    );
    expect(found).toMatchObject({
      facets: {
        languages: { typescript: 1, markdown: 1 },
        file_types: { '.ts': 1, '.md': 1 },
        directories: { src: 1 },
      },
      total: 2,
      cut_by: 'time',
      skipped_large: 2,
    });
  });
});
