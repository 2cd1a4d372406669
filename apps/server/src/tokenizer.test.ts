import { setImmediate } from 'node:timers/promises';
import type { Log } from '@agent-harbor/core';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, describe, expect, test } from 'vitest';
import { countedCharacters, createTokenizer } from './tokenizer.ts';

const logInto = (warnings: string[]): Log => ({
  info: () => {},
  warn: (text) => void warnings.push(text),
  error: () => {},
});
const { open, close } = createTokenizer(logInto([]));
afterAll(() => close());
const count = async (text: string) => (await open()).count(text);

/** A counter that gives each character a token and keeps what it was asked. */
const watched = (asked: string[]) =>
  createTokenizer(logInto([]), async () => ({
    count(text) {
      asked.push(text);
      return text.length;
    },
    close: async () => {},
  })).open;

describe('the tokens of a text', () => {
  test('are those of o200k_base', async () => {
    expect((await open()).name).toBe('o200k_base');
    expect(await count('')).toBe(0);
    expect(await count('hello world')).toBe(2);
    expect(await count('hello world, a text')).toBe(5);
  });

  test('are the same in pieces where there are spaces to cut at', async () => {
    const text = "It's what the 23 tests of src/auth.ts say: naïve cafés cost 12,50 €. ".repeat(200);
    expect(await count(text)).toBe(countTokens(text));
  });

  test('are those of text where it looks like a special token', async () => {
    for (const text of ['<|endoftext|>', 'a <|endofprompt|> b', '<|im_start|>'])
      expect(await count(text)).toBeGreaterThan(3);
  });

  test('of a million letters without a space are told soon, by what the first of them came to', async () => {
    expect(await count('a'.repeat(1_000_000))).toBe(125_000);
  });

  test('are told of whatever is no language', async () => {
    expect(await count('漢'.repeat(2000))).toBe(2000);
    for (const text of ['\ud800'.repeat(500), '\0'.repeat(500), '\n'.repeat(500), '👩‍👩‍👧'.repeat(100)])
      expect(await count(text)).toBeGreaterThan(0);
  });
});

describe('a long text', () => {
  test('reaches the tokenizer in short pieces that cut no character, and whole', async () => {
    const asked: string[] = [];
    const text = `x${'😀'.repeat(3000)} ${'word '.repeat(1000)}${'a'.repeat(3000)}`;
    expect(await (await watched(asked)()).count(text)).toBe(text.length);
    expect(asked.join('')).toBe(text);
    expect(Math.max(...asked.map(({ length }) => length))).toBeLessThanOrEqual(128);
    expect(asked.every((piece) => piece.isWellFormed())).toBe(true);
  });

  test('lets other work have its turn, also when many are counted at once', async () => {
    const asked: string[] = [];
    const openWatched = watched(asked);
    const counts = Promise.all(
      Array.from({ length: 8 }, async () => (await openWatched()).count('a'.repeat(64 * 1024))),
    );
    let isDone = false;
    void counts.then(() => {
      isDone = true;
    });
    const inTurns: number[] = [];
    for (let before = 0; !isDone; before = asked.length) {
      await setImmediate();
      inTurns.push(asked.length - before);
    }
    expect(await counts).toEqual(Array.from({ length: 8 }, () => 64 * 1024));
    // All eight begin at once, four pieces each; then one goes on in a turn.
    expect(inTurns[0]).toBeLessThanOrEqual(8 * 4 + 4);
    expect(Math.max(...inTurns.slice(1))).toBeLessThanOrEqual(8);
    expect(asked).toHaveLength(8 * 512);
  });

  test('is counted up to a bound, together with all that one answer is about', async () => {
    const asked: string[] = [];
    const openWatched = watched(asked);
    const counter = await openWatched();
    const text = 'a'.repeat(countedCharacters - 1000);
    for (let nth = 0; nth < 3; nth += 1) expect(await counter.count(text)).toBe(text.length);
    const characters = () => asked.reduce((sum, { length }) => sum + length, 0);
    expect(characters()).toBeLessThan(countedCharacters + 128);
    await (await openWatched()).count('b'.repeat(128));
    expect(asked.at(-1)).toBe('b'.repeat(128));
  });
});

test('a tokenizer that cannot be loaded is told of once, and four bytes are a token', async () => {
  const warnings: string[] = [];
  const { open: openBroken } = createTokenizer(logInto(warnings), () => Promise.reject(new Error('gone')));
  for (let nth = 0; nth < 2; nth += 1) {
    const counter = await openBroken();
    expect(counter.name).toBe('four-bytes');
    expect(await counter.count('12345678')).toBe(2);
  }
  expect(warnings).toHaveLength(1);
});

test('the event loop turns on while the table is loaded, and while it is counted', async () => {
  const tokenizer = createTokenizer(logInto([]));
  let isLoaded = false;
  const counted = tokenizer.open().then((counter) => {
    isLoaded = true;
    return counter.count('a'.repeat(20_000));
  });
  let turns = 0;
  for (; !isLoaded; turns += 1) await setImmediate();
  // To be loaded here it takes a few turns, each of them long.
  expect(turns).toBeGreaterThan(200);
  expect(await counted).toBeGreaterThan(1000);
  await tokenizer.close();
});

test('a thread that is lost fails who waits for it, and the next one has another', async () => {
  const tokenizer = createTokenizer(logInto([]));
  const counter = await tokenizer.open();
  const waiting = counter.count('a'.repeat(200_000));
  await tokenizer.close();
  await expect(waiting).rejects.toThrow('has ended');
  expect(await (await tokenizer.open()).count('hello world')).toBe(2);
  await tokenizer.close();
});
