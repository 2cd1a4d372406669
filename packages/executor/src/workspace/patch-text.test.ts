import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPatchReader } from './patch-text.ts';

const plenty = { bytes: 1_000_000, lines: 100_000 };
const section = (name: string, hunks: string) =>
  `diff --git a/${name} b/${name}\nindex 1..2 100644\n--- a/${name}\n+++ b/${name}\n${hunks}`;
const read = (patch: string | Buffer, each = plenty, all = plenty, chunk = 1_000) => {
  const reader = createPatchReader(each, all);
  const bytes = Buffer.from(patch);
  for (let at = 0; at < bytes.length; at += chunk) {
    if (!reader.feed(bytes.subarray(at, at + chunk))) break;
  }
  return reader.end();
};
const lines = (count: number, mark = '+') =>
  Array.from({ length: count }, (_, index) => `${mark}line ${index}\n`).join('');

test('sections and hunks are the same however they come in pieces', () => {
  const hunks = fc
    .array(
      fc.constantFrom(' same\n', '-old\n', '+new\n', '+@@ -1 +1 @@\n', '-diff --git a/x b/x\n', '+ü\r\n'),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    .map((body) => `@@ -1,9 +1,9 @@ where\n${body.join('')}`);
  const patch = fc
    .array(fc.tuple(fc.constantFrom('a', 'b c', 'ü'), fc.array(hunks, { maxLength: 3 })), { maxLength: 5 })
    .map((files) => files.map(([name, all]) => section(name, all.join(''))));
  fc.assert(
    fc.property(patch, fc.integer({ min: 1, max: 50 }), (sections, chunk) => {
      const found = read(sections.join(''), plenty, plenty, chunk);
      expect(found.map(({ diff }) => diff)).toEqual(sections);
      expect(found.every(({ truncated, lossy, binary }) => !truncated && !lossy && !binary)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('what is too long ends at a line, and its header says how far it goes', () => {
  const long = section('a', `@@ -1,2 +1,9001 @@ where\n same\n-old\n${lines(9_000)}`);
  const [first, second] = read(long + section('b', '@@ -1 +1 @@\n-x\n+y\n'), { bytes: 4_000, lines: 1_000 });
  expect(first?.truncated).toBe(true);
  expect(Buffer.byteLength(first?.diff ?? '')).toBeLessThanOrEqual(4_100);
  const [hunk] = first?.hunks ?? [];
  const marked = (mark: string) =>
    hunk?.content.split('\n').filter((line) => line.startsWith(mark)).length ?? 0;
  expect(marked('+')).toBeGreaterThan(100);
  expect(hunk).toMatchObject({ old_lines: 2, new_lines: 1 + marked('+') });
  expect(hunk?.content.startsWith(`@@ -1,2 +1,${1 + marked('+')} @@ where\n`)).toBe(true);
  // What comes after it is whole.
  expect(second).toMatchObject({ truncated: false, hunks: [{ old_lines: 1, new_lines: 1 }] });
});

test('lines are counted, a line that never ends is not held, and all together are bounded', () => {
  const each = { bytes: 1_000_000, lines: 50 };
  const [counted] = read(section('a', `@@ -0,0 +1,200 @@\n${lines(200)}`), each);
  expect(counted).toMatchObject({ truncated: true, hunks: [{ new_lines: 45 }] });

  const endless = section('a', `@@ -0,0 +1 @@\n+${'x'.repeat(5_000_000)}\n`);
  const [cut, next] = read(endless + section('b', '@@ -1 +1 @@\n-x\n+y\n'), { bytes: 10_000, lines: 10 });
  expect(cut).toMatchObject({ truncated: true, hunks: [] });
  expect(next?.truncated).toBe(false);

  const reader = createPatchReader(plenty, { bytes: 2_000, lines: 1_000 });
  let fed = 0;
  while (fed < 100 && reader.feed(Buffer.from(section(`f${fed}`, `@@ -0,0 +1,9 @@\n${lines(9)}`)))) fed += 1;
  expect(fed).toBeLessThan(20);
  expect(reader.end().reduce((sum, { diff }) => sum + diff.length, 0)).toBeLessThan(2_100);
});

test('bytes that are no UTF-8 are shown as such, and a binary file has no text', () => {
  const latin = Buffer.from(section('a', '@@ -1 +1 @@\n-caf\xe9\n+caf\xe8\n'), 'latin1');
  expect(read(latin)[0]).toMatchObject({ lossy: true, truncated: false, hunks: [{ old_lines: 1 }] });
  const binary = 'diff --git a/a b/a\nindex 1..2\nBinary files a/a and b/a differ\n';
  expect(read(binary)[0]).toEqual({ diff: '', hunks: [], binary: true, truncated: false, lossy: false });
});
