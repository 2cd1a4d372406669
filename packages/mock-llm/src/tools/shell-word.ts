/** A word as a POSIX shell reads it back, whatever is in it. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A line for a POSIX shell from the words of a command. */
export const shellLine = (words: readonly string[]): string => words.map(shellWord).join(' ');
