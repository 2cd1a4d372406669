import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ContentSearch, WorkspaceTree } from '@agent-harbor/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Lab, makePipe, openLab, runOn, write } from './testing/lab.ts';
import { raceSwaps, roundsOf, type SwapRace, tellRace } from './testing/swap-race.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const sessionId = 'S1';

const provision = async (files: Record<string, string | Buffer>): Promise<string> =>
  (
    await lab.workspaces.provision(
      runOn({ mode: 'git', url: lab.repository('source', files) }, { sessionId }),
    )
  ).path;

const tree = (): Promise<WorkspaceTree> => lab.workspaces.look.tree(sessionId);
const head = async (path: string, maxBytes = 1000) =>
  (await lab.workspaces.look.heads(sessionId, [path], { maxBytes, countsLines: true })).get(path);
const search = (pattern: string, wish: Partial<ContentSearch> = {}) =>
  lab.workspaces.look.search(sessionId, {
    pattern,
    isLiteral: false,
    isCaseSensitive: false,
    accepts: () => true,
    limit: 50,
    ...wish,
  });
const release = () => lab.workspaces.release(sessionId);

describe('the tree', () => {
  test('has every path but what git ignores, and tells what was changed', async () => {
    const directory = await provision({
      '.gitignore': 'dist/\n',
      'b.txt': 'one\n',
      'src/a.ts': 'a\n',
      'gone.txt': 'x\n',
    });
    write(directory, { 'dist/x.js': 'ignored', 'src/new.ts': 'new\n', 'b.txt': 'two\n' });
    symlinkSync('/etc/passwd', join(directory, 'link'));
    rmSync(join(directory, 'gone.txt'));
    const { entries } = await tree();
    expect(entries.map(({ path, kind, isModified }) => `${path} ${kind} ${isModified}`)).toEqual([
      '.gitignore file false',
      'b.txt file true',
      'link symlink true',
      'src/a.ts file false',
      'src/new.ts file true',
    ]);
  });

  test('is the same object until a file changes, so that what was made of it is used again', async () => {
    const directory = await provision({ 'a.txt': 'one\n' });
    const first = await tree();
    expect(await tree()).toBe(first);
    write(directory, { 'a.txt': 'two\n' });
    const second = await tree();
    expect(second).not.toBe(first);
    expect(await tree()).toBe(second);
  });

  test('is told anew of what changed only, and back again', async () => {
    const directory = await provision({ 'a.txt': 'one\n', 'b.txt': 'two\n', 'd/c.txt': 'three\n' });
    const { entries: before } = await tree();
    write(directory, { 'b.txt': 'other\n', 'new.txt': 'n\n' });
    const { entries: after, totalBytes } = await tree();
    expect(after.map(({ path }) => path)).toEqual(['a.txt', 'b.txt', 'd/c.txt', 'new.txt']);
    expect([after[0], after[2]].map((entry) => before.find((each) => each === entry)?.path)).toEqual([
      'a.txt',
      'd/c.txt',
    ]);
    expect(after[1]).not.toBe(before[1]);
    expect(await totalBytes()).toBe(18);
    rmSync(join(directory, 'new.txt'));
    write(directory, { 'b.txt': 'two\n' });
    const back = await tree();
    expect(back.entries).toBe(before);
    expect(await back.totalBytes()).toBe(14);
  });

  test('tells sizes and times of what is inside only, and after a release the sizes', async () => {
    const directory = await provision({ 'a.txt': 'one\n', 'd/b.txt': 'three' });
    symlinkSync('/etc', join(directory, 'out'));
    symlinkSync('a.txt', join(directory, 'link'));
    const paths = [
      'a.txt',
      'd/b.txt',
      'out/passwd',
      '../source/a.txt',
      '/etc/passwd',
      '.git/config',
      'link',
      'no',
    ];
    const facts = await (await tree()).facts(paths);
    expect([...facts.keys()].sort()).toEqual(['a.txt', 'd/b.txt', 'link']);
    expect(facts.get('d/b.txt')).toMatchObject({ bytes: 5, modifiedAt: expect.any(Number) });
    const bytes = await (await tree()).totalBytes();
    expect(bytes).toBe(4 + 5 + '/etc'.length + 'a.txt'.length);
    await release();
    const kept = await tree();
    expect(await kept.facts(paths)).toEqual(
      new Map([
        ['a.txt', { bytes: 4, modifiedAt: null }],
        ['d/b.txt', { bytes: 5, modifiedAt: null }],
        ['link', { bytes: 5, modifiedAt: null }],
      ]),
    );
    expect(await kept.totalBytes()).toBe(bytes);
    expect(await lab.workspaces.look.place(sessionId)).toBeNull();
  });

  test('lies at a place, which an unknown session has not', async () => {
    const directory = await provision({ 'a.txt': 'one\n' });
    expect(await lab.workspaces.look.place(sessionId)).toBe(directory);
    await expect(lab.workspaces.look.place('S2')).rejects.toMatchObject({ code: 'workspace-gone' });
    await expect(lab.workspaces.look.tree('S2')).rejects.toMatchObject({ code: 'workspace-gone' });
    await expect(lab.workspaces.look.heads('S2', ['a'], { maxBytes: 1 })).rejects.toMatchObject({
      code: 'workspace-gone',
    });
  });
});

describe('the beginnings of files', () => {
  test('are as long as asked, with the lines of the whole, also after a release', async () => {
    const large = 'line\n'.repeat(200_000);
    await provision({ 'a.txt': 'one\ntwo', 'large.txt': large, empty: '' });
    const look = async () => {
      const found = await Promise.all(['a.txt', 'large.txt', 'empty', 'no'].map((path) => head(path, 5)));
      return found.map((each) => each && [`${Buffer.from(each.head)}`, each.bytes, each.lines]);
    };
    const expected = [['one\nt', 7, 2], ['line\n', large.length, 200_000], ['', 0, 0], undefined];
    expect(await look()).toEqual(expected);
    await release();
    expect(await look()).toEqual(expected);
  });

  test('are of nothing outside, by whatever way', async () => {
    const directory = await provision({ 'a/file': 'inside' });
    writeFileSync(join(lab.root, 'secret'), 'secret');
    symlinkSync(lab.root, join(directory, 'up'));
    symlinkSync(join(lab.root, 'secret'), join(directory, 'link'));
    const attacks = [
      '../../../secret',
      'up/secret',
      'link',
      '/etc/passwd',
      '.git/config',
      'a/../up/secret',
      '',
      '.',
      'a',
    ];
    const look = () => lab.workspaces.look.heads(sessionId, attacks, { maxBytes: 100 });
    expect((await look()).size).toBe(0);
    await release();
    expect((await look()).size).toBe(0);
  });
});

describe('a search by content', () => {
  test('finds lines in what can be browsed, most matches first, also after a release', async () => {
    const directory = await provision({
      '.gitignore': 'dist/\n',
      '.hidden': 'needle\n',
      'a.ts': 'const a = 1;\nneedle and needle\n  Needle\n',
      'sub/b.md': 'x\r\na needle\r\n',
      'none.txt': 'nothing\n',
      'binary.bin': Buffer.from('needle\0needle\n'),
    });
    write(directory, { 'dist/x.js': 'needle', "odd 'name\n;$(x)": 'needle' });
    const look = async () => {
      const { files, cutBy, skippedLarge } = await search('needle');
      return {
        files: files.map(({ path, count, lines }) => [
          path,
          count,
          ...lines.map((each) => Object.values(each)),
        ]),
        cutBy,
        skippedLarge,
      };
    };
    const expected = {
      files: [
        ['a.ts', 2, [2, 1, 'needle and needle'], [3, 3, '  Needle']],
        ['.hidden', 1, [1, 1, 'needle']],
        ["odd 'name\n;$(x)", 1, [1, 1, 'needle']],
        ['sub/b.md', 1, [2, 3, 'a needle']],
      ],
      cutBy: null,
      skippedLarge: 0,
    };
    expect(await look()).toEqual(expected);
    expect((await search('Needle', { isCaseSensitive: true })).files.map(({ path }) => path)).toEqual([
      'a.ts',
    ]);
    await release();
    expect(await look()).toEqual(expected);
    expect(await look()).toEqual(expected);
  });

  test('takes the text itself, some files only, and shows as many as asked', async () => {
    await provision({ 'a.ts': 'f(x)\n', 'b.ts': 'f(x)\nf(x)\n', 'c.md': 'f(x)\n', '-e': 'f(x)\n' });
    const { files } = await search('f(', { isLiteral: true, accepts: (path) => path !== 'c.md', limit: 1 });
    expect(files.map(({ path, count, lines }) => [path, count, lines.length])).toEqual([
      ['b.ts', 2, 2],
      ['-e', 1, 0],
      ['a.ts', 1, 0],
    ]);
    expect((await search('-e', { isLiteral: true })).files).toEqual([]);
    expect((await search('x', { accepts: () => false })).files).toEqual([]);
  });

  test('refuses what is no pattern by the name of the field, also where no file is searched', async () => {
    await provision({ 'a.ts': 'x\n' });
    for (const pattern of ['(', 'a{2,1}', '(?=a)', '\\1', '[z-a]', `(${'a'.repeat(50)}{1000}){1000}`]) {
      for (const accepts of [() => true, () => false]) {
        await expect(search(pattern, { accepts }), pattern).rejects.toMatchObject({
          code: 'invalid-request',
          errors: { q: [expect.stringContaining('literal=true')] },
        });
      }
    }
  });

  test('a pattern that makes backtracking explode takes no longer than another', async () => {
    await provision({ 'a.txt': `${'a'.repeat(5_000)}!\n`.repeat(200) });
    const { files, cutBy } = await search('^(a+)+$');
    expect([files.length, cutBy]).toEqual([0, null]);
    expect((await search('^(a+)+!$')).files[0]).toMatchObject({ count: 100 });
  });

  test('shows a long line around its match, and none too long', async () => {
    await provision({ 'a.js': `${'x'.repeat(50_000)}needle${'y'.repeat(50_000)}\n` });
    const [file] = (await search('needle')).files;
    expect(file?.lines[0]).toMatchObject({ line: 1, column: 50_001 });
    expect(file?.lines[0]?.text).toMatch(/^x{100}needley{294}$/);
  });

  test('says how many files were too large', async () => {
    await provision({ 'large.txt': `needle ${'x'.repeat(17 * 1024 * 1024)}`, 'a.txt': 'needle' });
    const { files, skippedLarge } = await search('needle');
    expect([files.map(({ path }) => path), skippedLarge]).toEqual([['a.txt'], 1]);
  });

  test('ends with its caller', async () => {
    const directory = await provision({ 'a.txt': 'needle\n', pipe: 'needle\n' });
    // Whoever opens it waits for a writer: a search that would never end.
    await tree();
    const given = new AbortController();
    const accepts = (path: string) => {
      if (path === 'pipe') {
        rmSync(join(directory, 'pipe'));
        makePipe(join(directory, 'pipe'));
        setTimeout(() => given.abort(), 50);
      }
      return true;
    };
    await expect(search('needle', { accepts, signal: given.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  test('says so when its time is over', async () => {
    const directory = await provision({ 'a.txt': 'needle\n', pipe: 'needle\n' });
    const accepts = (path: string) => {
      if (path === 'pipe') {
        rmSync(join(directory, 'pipe'));
        makePipe(join(directory, 'pipe'));
      }
      return true;
    };
    const { cutBy } = await search('needle', { accepts });
    expect(cutBy).toBe('time');
  });

  test('without ripgrep says what to install', async () => {
    const { createFindRipgrep } = await import('./ripgrep.ts');
    const load = () => Promise.reject(new Error('not built for this platform'));
    await expect(createFindRipgrep({ PATH: lab.root }, load)()).rejects.toMatchObject({
      code: 'unsupported-choice',
      detail: expect.stringContaining('Install it'),
    });
    writeFileSync(join(lab.root, 'rg'), '#!/bin/sh\n');
    chmodSync(join(lab.root, 'rg'), 0o755);
    expect(await createFindRipgrep({ PATH: `.:${lab.root}` }, load)()).toBe(join(lab.root, 'rg'));
  });
});

describe.skipIf(process.platform !== 'linux')('while directories are exchanged for links', () => {
  const patience = { timeout: 7_200_000 };
  const inside = 'inside needle!\n';
  let directory: string;
  let outer: string;
  let race: SwapRace | undefined;
  beforeEach(async () => {
    directory = await provision({ 'd/secret': 'x\n', 'd/sub/secret': inside, 'e.txt': 'x\n' });
    outer = join(lab.root, 'outer');
    mkdirSync(join(outer, 'sub'), { recursive: true });
    const outsideTime = new Date('1999-01-01T00:00:00Z');
    for (const path of ['secret', 'sub/secret']) {
      writeFileSync(join(outer, path), `outside needle ${'x'.repeat(500)}\n`);
      utimesSync(join(outer, path), outsideTime, outsideTime);
    }
    writeFileSync(join(outer, 'only'), 'outside needle\n');
    // Listed as changed while it is there.
    write(directory, { 'd/secret': inside });
  });
  afterEach(() => race?.stop());

  test('no file outside is read, and nothing of one is told', patience, async () => {
    const listed = await tree();
    race = await raceSwaps(directory, outer);
    const seen = { facts: 0, heads: 0, contents: 0, hidden: 0 };
    for (let attempt = 0; attempt < roundsOf(800); attempt++) {
      // A link in the last place, and one further up, are refused by different means.
      const facts = await listed.facts(['d/secret', 'd/sub/secret']);
      if (facts.size === 0) seen.hidden += 1;
      for (const { bytes } of facts.values()) {
        seen.facts += 1;
        expect(bytes).toBe(inside.length);
      }
      const found = await head('d/secret');
      if (found !== undefined) {
        seen.heads += 1;
        expect(`${Buffer.from(found.head)}`).toBe(inside);
      }
    }
    for (let attempt = 0; attempt < roundsOf(15); attempt++) {
      const found = await lab.workspaces.files.content(sessionId, 'd/secret').catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'file-not-found' });
      });
      if (found === undefined) seen.hidden += 1;
      else {
        seen.contents += 1;
        expect(found.content).toBe(inside);
      }
    }
    tellRace('read', seen);
    // Otherwise the race never took place.
    expect(seen.facts).toBeGreaterThan(0);
    expect(seen.heads).toBeGreaterThan(0);
    expect(seen.hidden).toBeGreaterThan(0);
  });

  test('no line of a file outside is found', patience, async () => {
    race = await raceSwaps(directory, outer);
    const seen = { found: 0, nothing: 0 };
    for (let attempt = 0; attempt < roundsOf(15); attempt++) {
      const { files } = await search('needle');
      const lines = files.flatMap(({ lines }) => lines);
      seen[lines.length === 0 ? 'nothing' : 'found'] += 1;
      for (const { text } of lines) expect(text).toBe('inside needle!');
    }
    tellRace('searched', seen);
    expect(seen.found + seen.nothing).toBe(roundsOf(15));
  });

  test('nothing outside is listed or packed', patience, async () => {
    race = await raceSwaps(directory, outer);
    const seen = { asDirectory: 0, asLink: 0, packed: 0 };
    const known = ['d', 'e.txt', 'd/secret', 'd/sub/secret', 'real/secret', 'real/sub/secret'];
    for (let attempt = 0; attempt < roundsOf(8); attempt++) {
      const now = await tree();
      const names = now.entries.map(({ path }) => path);
      seen[names.includes('d') ? 'asLink' : 'asDirectory'] += 1;
      expect(names.filter((path) => !known.includes(path))).toEqual([]);
      for (const { bytes } of (await now.facts(known.slice(2))).values()) {
        expect(bytes).toBe(inside.length);
      }
      for (const file of await lab.workspaces.files.changes(sessionId)) {
        expect(file.last_modified?.startsWith('1999') ?? false).toBe(false);
        expect([0, inside.length, outer.length]).toContain(file.size_bytes);
      }
      const archive = { path: undefined, root: 'S1', at: 0, signal: undefined };
      const pieces: Uint8Array[] = [];
      for await (const piece of await lab.workspaces.look.archive(sessionId, archive)) pieces.push(piece);
      const packed = gunzipSync(Buffer.concat(pieces));
      expect(packed.includes('outside needle')).toBe(false);
      if (packed.includes('inside needle')) seen.packed += 1;
    }
    tellRace('listed and packed', seen);
    expect(seen.asDirectory + seen.asLink).toBe(roundsOf(8));
  });
});
