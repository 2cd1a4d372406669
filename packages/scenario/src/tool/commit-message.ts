/** The message a `git commit` gives; undefined for every other command, and where the message is not in its words. */
export const commitMessage = (argv: readonly string[]): string | undefined => {
  const [program, ...words] = argv;
  const commit = words.indexOf('commit');
  if (program !== 'git' || commit === -1) return undefined;
  const messages: string[] = [];
  for (const [index, word] of words.entries()) {
    if (index <= commit) continue;
    const before = words[index - 1] ?? '';
    const long = /^--message=(.*)$/s.exec(word) ?? /^-[a-z]*m(.+)$/s.exec(word);
    if (before === '--message' || /^-[a-z]*m$/.test(before)) messages.push(word);
    else if (long?.[1] !== undefined) messages.push(long[1]);
  }
  return messages.length === 0 ? undefined : messages.join('\n\n');
};
