import { setImmediate } from 'node:timers/promises';
import { type Log, type OpenTokenCounter, openFourBytes, type TokenCounter } from '@agent-harbor/core';

/** What a tokenizer does with a short text. */
type CountTokens = (text: string) => number;

/** What a tokenizer is loaded with, so that tests can have it fail. */
type LoadTokenizer = () => Promise<CountTokens>;

/**
 * Of a run without a space the tokenizer takes time by the square of its length, and some characters are many bytes: so
 * long it stays at about a millisecond.
 */
const pieceCharacters = 128;

/** After so many characters other work has its turn. */
const turnCharacters = 512;

/** So much of what one answer is about is counted; the rest by what came of it. */
export const countedCharacters = 256 * 1024;

/**
 * Counts tokens by the table `o200k_base`, loaded when it is first asked for. Where it cannot be loaded, as of a build
 * that is gone, four bytes are a token, and the log says so once.
 */
export const createTokenizer = (log: Log, load: LoadTokenizer = loadO200k): OpenTokenCounter => {
  let loaded: Promise<CountTokens | undefined> | undefined;
  const nextTurn = createTurns();
  return async () => {
    loaded ??= load().catch((error: unknown) => {
      log.warn('The tokenizer cannot be loaded: four bytes are counted as a token', { error });
      return undefined;
    });
    const countTokens = await loaded;
    return countTokens === undefined ? openFourBytes() : createCounter(countTokens, nextTurn);
  };
};

const loadO200k: LoadTokenizer = async () => {
  const { countTokens, setMergeCacheSize } = await import('gpt-tokenizer/encoding/o200k_base');
  // It would keep 100,000 words of whoever was counted, and with each the text it was cut from.
  setMergeCacheSize(0);
  // What looks like a special token was said or read as text.
  const asText = { disallowedSpecial: new Set<string>() };
  return (text) => countTokens(text, asText);
};

const createCounter = (countTokens: CountTokens, nextTurn: () => Promise<void>): TokenCounter => {
  let [characters, tokens, sinceTurn] = [0, 0, 0];
  return {
    name: 'o200k_base',
    async count(text) {
      const before = tokens;
      let at = 0;
      while (at < text.length && characters < countedCharacters) {
        const end = pieceEnd(text, at);
        tokens += countTokens(text.slice(at, end));
        characters += end - at;
        sinceTurn += end - at;
        at = end;
        if (sinceTurn < turnCharacters) continue;
        sinceTurn = 0;
        await nextTurn();
      }
      const rest = text.length - at;
      return tokens - before + (rest === 0 ? 0 : Math.ceil((rest * tokens) / characters));
    },
  };
};

/** The end of a piece: before a space, where words are cut by the tokenizer as well, and never within a character. */
const pieceEnd = (text: string, start: number): number => {
  const end = start + pieceCharacters;
  if (end >= text.length) return text.length;
  const space = text.slice(start, end + 1).lastIndexOf(' ');
  if (space > 0) return start + space;
  return (text.codePointAt(end - 1) ?? 0) > 0xffff ? end - 1 : end;
};

/** Of all who wait one goes on in each turn of the event loop, so that many at once take no longer than one. */
const createTurns = (): (() => Promise<void>) => {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.then(() => setImmediate());
    return last;
  };
};
