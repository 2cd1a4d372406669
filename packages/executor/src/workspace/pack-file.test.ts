import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPackFile } from './pack-file.ts';
import { userEnvironment } from './testing/lab.ts';
import { watchTurns } from './testing/turns.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'harbor-pack-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const never = () => false;

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

test.each([
  ['sha1', 20],
  ['sha256', 32],
] as const)('git reads every object of a pack of %s', async (format, idBytes) => {
  const run = (input: string | undefined, ...args: string[]) =>
    execFileSync('git', args, { cwd: root, env: userEnvironment, input, maxBuffer: 64 * 1024 * 1024 });
  run(undefined, 'init', '--quiet', '--bare', `--object-format=${format}`);
  const objects = join(root, 'objects');
  const pack = createPackFile(objects, idBytes);
  const contents = new Map<string, Buffer>();
  const add = async (bytes: Buffer) => {
    contents.set((await pack.add('blob', bytes)).toString('hex'), bytes);
  };
  for (let number = 0; number < 700; number++) await add(Buffer.from(`${number}\n`.repeat(number)));
  for (const size of [0, 15, 16, 2047, 2048, 65_536]) await add(Buffer.alloc(size, 'x'));
  await add(Buffer.alloc(16, 'x'));
  // Around the sizes up to which less memory is enough, and what does not get smaller.
  for (const size of [249, 250, 1_000, 3_833, 3_834, 20_000, 65_536]) await add(randomBytes(size));

  const large = Buffer.alloc(3_000_000, 'a large one ');
  const short = await pack.addLarge(large.length + 1, pieces(large), never);
  expect(short).toBeUndefined();
  const known = await pack.addLarge(large.length, pieces(large), () => true);
  const id = await pack.addLarge(large.length, pieces(large), never);
  expect(id).toEqual(known);
  contents.set(id?.toString('hex') ?? '', large);
  const [blob] = [...contents.keys()];
  const tree = await pack.add(
    'tree',
    Buffer.concat([Buffer.from('100644 a\0'), Buffer.from(blob ?? '', 'hex')]),
  );
  expect(await pack.finish()).toBeGreaterThan(0);
  await pack.discard();

  const names = readdirSync(join(objects, 'pack'));
  expect(names.map((name) => name.replace(/[0-9a-f]{40,}/, 'ID')).sort()).toEqual([
    'pack-ID.idx',
    'pack-ID.pack',
  ]);
  run(undefined, 'verify-pack', join('objects/pack', names.find((name) => name.endsWith('.idx')) ?? ''));
  run(undefined, 'fsck', '--full', '--strict');
  const listed = run(undefined, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname)').toString();
  expect(listed.trim().split('\n').sort()).toEqual([...contents.keys(), tree.toString('hex')].sort());
  for (const [name, bytes] of contents) {
    if (bytes.length % 97 === 0) expect(run(undefined, 'cat-file', 'blob', name).equals(bytes)).toBe(true);
  }
});

test('what is known, or thrown away, leaves no file', async () => {
  mkdirSync(join(root, 'pack'));
  const pack = createPackFile(root, 20);
  await pack.add('blob', Buffer.from('known'), () => true);
  await pack.addLarge(5, pieces(Buffer.from('known')), () => true);
  expect(await pack.finish()).toBe(0);
  const other = createPackFile(root, 20);
  await other.addLarge(3, pieces(Buffer.from('new')), never);
  await other.discard();
  expect(readdirSync(join(root, 'pack'))).toEqual([]);
});

test('others have their turn while much is compressed', async () => {
  const pack = createPackFile(root, 20);
  const turns = watchTurns();
  for (let number = 0; number < 200; number++) {
    const bytes = Buffer.alloc(20_000, `${number} `);
    turns.count(bytes.length);
    await pack.add('blob', bytes);
  }
  turns.stop();
  await pack.discard();
  expect(turns.most).toBeLessThan(128 * 1024);
});
