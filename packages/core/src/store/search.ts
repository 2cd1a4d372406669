/**
 * What `q` finds, said once for every store: words, without regard to case, all of them, the last one also as the
 * beginning of a word. A word is a run of letters, marks and digits after NFKC; everything else only separates, so no
 * character is an operator. In scripts written without spaces every character is a word. Accents count.
 */

/** Only the beginning of a long prompt is searched. */
const searchedCharacters = 65_536;
/** Only the beginning of a long word counts, in the prompt as in the query. */
const wordCharacters = 64;

const word =
  /[[\p{L}\p{M}\p{N}]&&[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]]|[[\p{L}\p{M}\p{N}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]]+/gv;

/** A query as words: `words` occur as they are, `prefix` begins a word. */
export interface WordQuery {
  readonly words: readonly string[];
  readonly prefix: string;
}

/** The distinct words of a text, by which it is found. */
export const wordsOf = (text: string): readonly string[] => [...new Set(read(text))];

/** Reads `q`; null when it holds no word, which nothing matches. */
export const readWordQuery = (q: string): WordQuery | null => {
  const words = read(q);
  const prefix = words.pop();
  return prefix === undefined ? null : { words: [...new Set(words)], prefix };
};

/** Whether a text with these words is found. */
export const matchesWords = (words: readonly string[], query: WordQuery): boolean =>
  query.words.every((wanted) => words.includes(wanted)) && words.some((own) => own.startsWith(query.prefix));

const read = (text: string): string[] => {
  // Sigma has a second form at the end of words, which a word that is still being typed does not have yet.
  const folded = text.slice(0, searchedCharacters).normalize('NFKC').toLowerCase().replaceAll('ς', 'σ');
  return Array.from(folded.matchAll(word), ([found]) => beginning(found));
};

const beginning = (found: string): string =>
  found.length <= wordCharacters ? found : [...found].slice(0, wordCharacters).join('');
