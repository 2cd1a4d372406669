import { utf8Bytes } from '../event/bytes.ts';

/** Counts the tokens of the texts that one answer is about. */
export interface TokenCounter {
  /** By which table it counts, as answers name it. */
  readonly name: string;
  /** About how many tokens a text is. A long one never holds the event loop for more than a few milliseconds. */
  count(text: string): Promise<number>;
}

/** Begins to count for an answer. What one counter spends is bounded, however much it is given. */
export type OpenTokenCounter = () => Promise<TokenCounter>;

/** The same counter each time, opened when it is first asked for. */
export const openedOnce = (open: OpenTokenCounter): OpenTokenCounter => {
  let opened: Promise<TokenCounter> | undefined;
  return () => {
    opened ??= open();
    return opened;
  };
};

/**
 * Counts four bytes of UTF-8 as a token, which needs no tables: of English and of code it is within about a quarter of
 * what models count. For browsers, and wherever no tokenizer is at hand.
 */
export const openFourBytes: OpenTokenCounter = async () => fourBytes;

const fourBytes: TokenCounter = {
  name: 'four-bytes',
  count: async (text) => Math.ceil(utf8Bytes(text) / 4),
};
