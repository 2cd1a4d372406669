import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutMiddle, piecesOf, tailOf } from './cut.ts';
import { createLineSplitter } from './line-splitter.ts';

const bytes = (text: string) => Buffer.byteLength(text);
const text = fc.string({ unit: 'binary', maxLength: 200 });

test('pieces are small, tear no character and give the text again', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 4, max: 50 }), (words, limit) => {
      const pieces = piecesOf(words, limit);
      expect(pieces.join('')).toBe(words);
      expect(pieces.length).toBeGreaterThan(0);
      for (const piece of pieces) expect(bytes(piece)).toBeLessThanOrEqual(limit);
    }),
  );
});

test('the middle is cut from long texts only, and what is left is a text', () => {
  expect(cutMiddle('short', 5)).toEqual({ text: 'short', cut: false });
  const { text: long, cut } = cutMiddle('ä'.repeat(1000), 101);
  expect(cut).toBe(true);
  expect(long).toMatch(/^ä{25}\n… \[\d+ bytes cut\] …\nä+$/);
  fc.assert(
    fc.property(text, fc.integer({ min: 8, max: 60 }), (words, limit) => {
      const result = cutMiddle(words, limit);
      expect(result.text.isWellFormed()).toBe(true);
      expect(bytes(result.text)).toBeLessThan(limit + 50);
    }),
  );
});

test('a tail begins with a whole character', () => {
  expect(tailOf('abc', 10)).toBe('abc');
  expect(tailOf('xxä', 3)).toBe('xä');
  expect(tailOf('xxä', 1)).toBe('');
});

const split = (chunks: readonly Buffer[], limit: number) => {
  const lines: [string, boolean][] = [];
  const splitter = createLineSplitter(limit, (line, continued) => {
    lines.push([line.toString('utf8'), continued]);
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
};

test('lines end with LF or CR LF; the last one need not', () => {
  expect(split([Buffer.from('a\r\nb\n\n\rc')], 100)).toEqual([
    ['a', false],
    ['b', false],
    ['', false],
    ['\rc', false],
  ]);
  expect(split([Buffer.from('a\n')], 100)).toEqual([['a', false]]);
});

test('chunks may be cut anywhere, also within a character', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat({ max: 12 }), { maxLength: 40 }), (words, cuts) => {
      const whole = Buffer.from(words.replaceAll('\r', ''));
      const chunks: Buffer[] = [];
      let at = 0;
      for (const cut of cuts) {
        chunks.push(whole.subarray(at, at + cut));
        at += cut;
      }
      chunks.push(whole.subarray(at));
      const expected = whole.toString('utf8').split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(split(chunks, 1000).map(([line]) => line)).toEqual(expected);
    }),
  );
});

test('a long line comes in marked pieces that make up the line', () => {
  const line = 'öß€😀'.repeat(50);
  const pieces = split([Buffer.from(`${line}\nnext\n`)], 64);
  const last = pieces.findIndex(([, continued]) => !continued);
  expect(
    pieces
      .slice(0, last + 1)
      .map(([piece]) => piece)
      .join(''),
  ).toBe(line);
  expect(pieces.slice(last + 1)).toEqual([['next', false]]);
  for (const [piece] of pieces) expect(bytes(piece)).toBeLessThanOrEqual(64);
});

test('bytes that are no UTF-8 do not hold anything up', () => {
  const pieces = split([Buffer.alloc(1000, 0xbf), Buffer.from('\nx')], 64);
  expect(pieces.at(-1)).toEqual(['x', false]);
  expect(pieces.length).toBe(17);
});
