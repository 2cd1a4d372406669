import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Log, type OpenTokenCounter, openFourBytes, type TokenCounter } from '@agent-harbor/core';

/** A tokenizer that was loaded. */
interface Loaded {
  /** Of a short text. */
  count(text: string): number | Promise<number>;
  close(): Promise<void>;
}

/** What a tokenizer is loaded with, so that tests can have it fail. `lost` is called when it is there no longer. */
type LoadTokenizer = (lost: () => void) => Promise<Loaded>;

/** What counts tokens, and how it is put away. */
export interface Tokenizer {
  readonly open: OpenTokenCounter;
  close(): Promise<void>;
}

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
export const createTokenizer = (log: Log, load: LoadTokenizer = loadO200k): Tokenizer => {
  let loaded: Promise<Loaded | undefined> | undefined;
  const nextTurn = createTurns();
  const lost = () => {
    loaded = undefined;
  };
  return {
    async open() {
      loaded ??= load(lost).catch((error: unknown) => {
        log.warn('The tokenizer cannot be loaded: four bytes are counted as a token', { error });
        return undefined;
      });
      const tokenizer = await loaded;
      return tokenizer === undefined ? openFourBytes() : createCounter(tokenizer, nextTurn);
    },
    close: async () => (await loaded)?.close(),
  };
};

/** In a thread of its own: to load the table takes a quarter of a second and more, in which nothing else had its turn. */
const loadO200k: LoadTokenizer = async (lost) => {
  const worker = new Worker(threadFile());
  worker.unref();
  /** Who waits for an answer, the first one first: answers come in the order of the texts. */
  const waiting: PromiseWithResolvers<number>[] = [];
  const next = (): Promise<number> => {
    const answer = Promise.withResolvers<number>();
    waiting.push(answer);
    return answer.promise;
  };
  const end = (error: Error): void => {
    lost();
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  worker.on('message', (tokens: number) => waiting.shift()?.resolve(tokens));
  worker.on('error', end);
  worker.on('exit', () => end(new Error('The thread of the tokenizer has ended.')));
  await next();
  return {
    count(text) {
      worker.postMessage(text);
      return next();
    },
    async close() {
      await worker.terminate();
    },
  };
};

/** Bundled, it lies beside the programs; else it is the source. */
const threadFile = (): URL => {
  const bundled = new URL('./tokenizer.js', import.meta.url);
  return existsSync(bundled) ? bundled : new URL('./tokenizer-worker.ts', import.meta.url);
};

const createCounter = (tokenizer: Loaded, nextTurn: () => Promise<void>): TokenCounter => {
  let [characters, tokens, sinceTurn] = [0, 0, 0];
  return {
    name: 'o200k_base',
    async count(text) {
      const before = tokens;
      let at = 0;
      while (at < text.length && characters < countedCharacters) {
        const end = pieceEnd(text, at);
        tokens += await tokenizer.count(text.slice(at, end));
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
