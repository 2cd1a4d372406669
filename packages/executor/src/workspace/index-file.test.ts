import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type IndexPlace, indexHead, rewriteIndex } from './index-file.ts';
import { userEnvironment } from './testing/lab.ts';
import { watchTurns } from './testing/turns.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'harbor-index-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const id = '1234567890123456789012345678901234567890';
const run = (input: string | undefined, ...args: string[]): string =>
  execFileSync('git', args, {
    cwd: root,
    env: userEnvironment,
    input,
    maxBuffer: 64 * 1024 * 1024,
  }).toString();
const nameOf = ({ bytes, nameStart, nameEnd }: IndexPlace) => bytes.toString('utf8', nameStart, nameEnd);
const file = (mode = 0o100644) => ({ mode, id: Buffer.from(id, 'hex'), stats: undefined });
const everything = { keeps: () => true, take: () => {} };

/** An index with these paths. */
const make = (paths: readonly string[]): string => {
  run(undefined, 'init', '--quiet');
  run(paths.map((path) => `100644 ${id} 0\t${path}\0`).join(''), 'update-index', '-z', '--index-info');
  return join(root, '.git/index');
};

test('entries come, change and go; all others stay as they are', async () => {
  const long = `long/${'x'.repeat(5_000)}`;
  const paths = ['a', 'b', 'c/d', 'c/e', long, 'z'];
  const index = make(paths);
  const before: string[] = [];
  const after: string[] = [];
  const updates = [
    { name: Buffer.from('0'), to: file() },
    { name: Buffer.from('b'), to: file(0o100755) },
    { name: Buffer.from('c/d'), to: undefined },
    { name: Buffer.from('never there'), to: undefined },
    { name: Buffer.from(`y${'y'.repeat(4_095)}`), to: file(0o120000) },
    { name: Buffer.from('zz'), to: file() },
  ];
  await rewriteIndex(index, updates, 20, {
    keeps(place) {
      before.push(nameOf(place));
      return nameOf(place) !== 'a';
    },
    take: (place) => after.push(`${place.mode.toString(8)} ${nameOf(place)}`),
  });
  expect(before).toEqual(['a', 'c/e', long, 'z']);
  const wanted = [
    '100644 0',
    '100755 b',
    '100644 c/e',
    `100644 ${long}`,
    `120000 y${'y'.repeat(4_095)}`,
    '100644 z',
    '100644 zz',
  ];
  expect(after).toEqual(wanted);
  expect(run(undefined, 'ls-files', '--format=%(objectmode) %(path)').trimEnd().split('\n')).toEqual(wanted);
  expect(await indexHead(index)).toEqual({ version: 2, count: wanted.length });
  const whole = readFileSync(index);
  expect(createHash('sha1').update(whole.subarray(0, -20)).digest()).toEqual(whole.subarray(-20));
});

test('an index that ends too early, or is of another kind, is an error', async () => {
  const index = make(['a', 'b']);
  const whole = readFileSync(index);
  writeFileSync(index, whole.subarray(0, 100));
  await expect(rewriteIndex(index, [], 20, everything)).rejects.toThrow('broken');
  writeFileSync(index, 'no index at all');
  await expect(indexHead(index)).rejects.toThrow('broken');
  writeFileSync(index, whole);
  run(undefined, 'update-index', '--index-version', '4');
  await expect(rewriteIndex(index, [], 20, everything)).rejects.toThrow('broken');
});

test('others have their turn while a large one is written', async () => {
  const paths = Array.from(
    { length: 30_000 },
    (_, number) => `directory-${number % 50}/a-file-${number}.txt`,
  );
  const index = make(paths);
  let taken = 0;
  const turns = watchTurns();
  await rewriteIndex(index, [{ name: Buffer.from('zz'), to: file() }], 20, {
    keeps: () => true,
    take: () => {
      taken += 1;
      turns.count();
    },
  });
  turns.stop();
  expect(taken).toBe(paths.length + 1);
  expect(turns.most).toBeLessThan(5_000);
});
