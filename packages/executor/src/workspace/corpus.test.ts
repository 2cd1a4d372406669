import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ChangedFile, type DiffRow, FileDiff, type Hunk } from '@agent-harbor/api-contract/schemas';
import { diffInForm } from '@agent-harbor/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Edited, type Entry, editedTree } from './testing/edits.ts';
import { git, type Lab, openLab, runOn, userEnvironment } from './testing/lab.ts';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
console.log(`SEED=${seed}`);
const sessionId = 'S1';

let lab: Lab;
let source: string;
let edited: Edited;
/** What the files are as a tree of git, by a git that is not ours. */
let wanted: string;

const put = (directory: string, files: ReadonlyMap<string, Entry>): void => {
  for (const [path, entry] of files) {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    if ('link' in entry) symlinkSync(entry.link, target);
    else {
      writeFileSync(target, entry.bytes);
      chmodSync(target, entry.runs ? 0o755 : 0o644);
    }
  }
};

const run = (directory: string, input: string | Buffer, ...args: string[]): string =>
  execFileSync('git', args, {
    cwd: directory,
    env: userEnvironment,
    input,
    stdio: ['pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  }).trimEnd();

beforeAll(async () => {
  lab = openLab();
  edited = editedTree(seed, 330);
  source = lab.repository('source', { 'kept.txt': 'kept\n' });
  put(source, edited.before);
  git(source, 'add', '--all');
  git(source, 'commit', '--quiet', '--message=before');
  const { path: tree } = await lab.workspaces.provision(runOn({ mode: 'git', url: source }, { sessionId }));
  for (const path of edited.before.keys()) rmSync(join(tree, path), { force: true });
  for (const path of edited.before.keys()) {
    if (dirname(path).includes('/')) rmSync(join(tree, dirname(path)), { recursive: true, force: true });
  }
  put(tree, edited.after);
  const after = lab.repository('after', { 'kept.txt': 'kept\n' });
  put(after, edited.after);
  git(after, 'add', '--all');
  wanted = git(after, 'write-tree');
});
afterAll(() => lab.close());

const clone = (name: string): string => {
  const directory = join(lab.root, name);
  git(lab.root, 'clone', '--quiet', '--no-hardlinks', source, directory);
  return directory;
};

const patch = async (paths?: readonly string[]): Promise<Buffer> => {
  const bytes = await lab.workspaces.files.patch(sessionId, {
    ...(paths === undefined ? {} : { paths }),
    message: 'Change it all\n\nA-Trailer: x\n',
    at: 1_700_000_000_000,
  });
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces);
};

const diffs = async (context: number): Promise<readonly FileDiff[]> => {
  const found: FileDiff[] = [];
  const all = (await lab.workspaces.files.changes(sessionId)).map(({ path }) => path);
  // In portions, so that none is cut.
  for (let at = 0; at < all.length; at += 60) {
    const options = { paths: all.slice(at, at + 60), context, full: false };
    found.push(...(await lab.workspaces.files.diff(sessionId, options)));
  }
  return found;
};

describe('a corpus of edits', () => {
  test('has at least two hundred of them', async () => {
    expect(edited.edits).toBeGreaterThan(200);
    const changes = await lab.workspaces.files.changes(sessionId);
    expect(changes.length).toBeGreaterThan(200);
    const seen = new Set(changes.map(({ status, change_type }) => `${status} ${change_type}`));
    for (const kind of ['added content', 'deleted content', 'modified content', 'renamed rename']) {
      expect(seen).toContain(kind);
    }
  });

  test('its patch gives the very same tree, by apply and by am', async () => {
    const whole = await patch();
    const applied = clone('applied');
    run(applied, whole, 'apply', '--index', '--binary', '-');
    expect(git(applied, 'write-tree')).toBe(wanted);
    const mailed = clone('mailed');
    run(mailed, whole, 'am', '--quiet', '--keep-cr');
    expect(git(mailed, 'rev-parse', 'HEAD^{tree}')).toBe(wanted);
    expect(git(mailed, 'log', '-1', '--format=%B')).toBe('Change it all\n\nA-Trailer: x');
    expect(git(mailed, 'status', '--porcelain')).toBe('');
  });

  test('the patch of some, and that of the others, give it together', async () => {
    const changes = await lab.workspaces.files.changes(sessionId);
    // What was moved, or stands where a directory was, goes with what made room for it.
    const isFirst = ({ path, status }: ChangedFile) =>
      status === 'renamed' || takesRoom(path) || path.length % 2 === 0;
    const parts = [changes.filter(isFirst), changes.filter((file) => !isFirst(file))];
    const applied = clone('parts');
    for (const part of parts) {
      expect(part.length).toBeGreaterThan(20);
      const some = await patch(part.map(({ path }) => path));
      run(applied, some, 'apply', '--index', '--binary', '-');
    }
    expect(git(applied, 'write-tree')).toBe(wanted);
  });

  test.each([0, 3, 10])('every diff of text applies by itself, with %i lines around it', async (context) => {
    const repository = clone(`alone-${context}`);
    const texts = (await diffs(context)).filter(
      ({ path, old_path, binary, lossy }) =>
        !binary && !lossy && !takesRoom(path) && !takesRoom(old_path ?? path),
    );
    expect(texts.length).toBeGreaterThan(150);
    for (const file of texts) expect(FileDiff.parse(file).truncated).toBe(false);
    const apply = (text: string) => run(repository, text, 'apply', '--cached', '--unidiff-zero', '-');
    if (context === 3) for (const { diff } of texts) apply(diff);
    else apply(texts.map(({ diff }) => diff).join(''));
    const found = entries(git(repository, 'ls-files', '-s', '-z'));
    const expected = entries(git(join(lab.root, 'after'), 'ls-files', '-s', '-z'));
    for (const { path, old_path } of texts) {
      expect(found.get(path), path).toBe(expected.get(path));
      if (old_path !== undefined) expect(found.get(old_path), old_path).toBe(expected.get(old_path));
    }
  });

  test.each([0, 3, 10])('the split form and HTML parse back to the same hunks, %i lines', async (context) => {
    let hunks = 0;
    for (const file of await diffs(context)) {
      const split = diffInForm(file, 'split');
      expect(split.hunks.map(fromRows), file.path).toEqual(file.hunks.map(stripped));
      expect(fromHtml(diffInForm(file, 'html').diff), file.path).toEqual(file.hunks.map(stripped));
      FileDiff.parse(split);
      hunks += file.hunks.length;
    }
    expect(hunks).toBeGreaterThan(200);
  });
});

/** Mode and id of every file of an index, by path. */
const entries = (list: string): ReadonlyMap<string, string> =>
  new Map(
    list.split('\0').map((entry): [string, string] => {
      const tab = entry.indexOf('\t');
      return [entry.slice(tab + 1), entry.slice(0, tab)];
    }),
  );

/** Whether it is, or was, a file in the place of a directory, or the other way round. */
const takesRoom = (path: string): boolean =>
  path.endsWith('/inside') || [edited.before, edited.after].some((files) => files.has(`${path}/inside`));

/** A hunk without the text behind the second `@@`, which rows do not have. */
const stripped = ({ rows: _, ...hunk }: Hunk) => ({
  ...hunk,
  content: hunk.content.replace(/^(@@ [^@]* @@)[^\n]*/, '$1'),
});

const headerOf = ({ old_start, old_lines, new_start, new_lines }: Omit<Hunk, 'content' | 'rows'>): string => {
  const range = (start: number, lines: number) => (lines === 1 ? `${start}` : `${start},${lines}`);
  return `@@ -${range(old_start, old_lines)} +${range(new_start, new_lines)} @@\n`;
};

const fromRows = ({ rows = [], content: _, ...numbers }: Hunk) => {
  let content = headerOf(numbers);
  let added = '';
  const shown = (cell: NonNullable<DiffRow['left']>, mark: string) =>
    `${mark}${cell.text}\n${cell.no_line_end ? '\\ No newline at end of file\n' : ''}`;
  for (const { left, right } of rows) {
    if (left?.kind === 'unchanged') {
      content += added + shown(left, ' ');
      added = '';
      continue;
    }
    if (left !== null) content += shown(left, '-');
    if (right !== null) added += shown(right, '+');
  }
  return { ...numbers, content: content + added };
};

const fromHtml = (html: string) =>
  [...html.matchAll(/<table class="ah-diff-hunk"([^>]*)>(.*?)<\/table>/gs)].map(
    ([, attributes = '', body = '']) => {
      const number = (name: string) => Number(new RegExp(`data-${name}="(\\d+)"`).exec(attributes)?.[1]);
      const numbers = {
        old_start: number('old-start'),
        old_lines: number('old-lines'),
        new_start: number('new-start'),
        new_lines: number('new-lines'),
      };
      const lines = [
        ...body.matchAll(/<td class="ah-diff-mark">(.)<\/td><td class="ah-diff-text"><code>(.*?)<\/code>/gs),
      ];
      const text = lines.map(([, mark = '', code = '']) => `${mark}${textOf(code)}\n`).join('');
      return { ...numbers, content: headerOf(numbers) + text };
    },
  );

/** The text of an element, as a browser reads it. */
const textOf = (html: string): string =>
  html
    .replace(/\r\n?/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#(\d+)|(\w+));/g, (_, code: string | undefined, name: string) =>
      code === undefined ? (entities[name] ?? '?') : String.fromCodePoint(Number(code)),
    );

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };
