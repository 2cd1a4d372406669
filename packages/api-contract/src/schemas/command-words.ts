/** What only a shell understands, outside of quotes. */
const shellOnly = /[|&;<>()$`*?[\]{}~#!\n]/;

/**
 * The words of a command line: separated by blanks, held together by quotes and backslashes. Undefined when the line
 * needs a shell (pipes, redirections, variables, patterns) or has an open quote: none is ever given to one.
 */
export const commandWords = (line: string): readonly string[] | undefined => {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < line.length; index++) {
    const character = line.charAt(index);
    if (quote !== '') {
      if (character === quote) quote = '';
      else if (character === '\\' && quote === '"' && /["\\]/.test(line.charAt(index + 1))) {
        index += 1;
        word += line.charAt(index);
      } else if (quote === '"' && /[$`]/.test(character)) return undefined;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '\\') {
      if (index + 1 === line.length) return undefined;
      index += 1;
      word = (word ?? '') + line.charAt(index);
    } else if (character === ' ' || character === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (shellOnly.test(character)) {
      return undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== '') return undefined;
  if (word !== undefined) words.push(word);
  return words.length === 0 ? undefined : words;
};
