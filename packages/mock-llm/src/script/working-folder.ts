const signs: readonly RegExp[] = [
  /<cwd>\s*(\/[^<\n]*?)\s*<\/cwd>/,
  /(?:primary working directory|current working directory|working directory)\s*:\s*`?(\/[^`\n]*)/i,
  /working in the (?:current )?directory\s*:\s*`?(\/[^`\n]*)/i,
  /workspace director(?:ies|y)\s*:?\**\s*:?\s*\n\s*-\s*`?(\/[^`\n]*)/i,
];

/** Where the agent works, as it tells the model; undefined where it says nothing that is understood. */
export const workingFolder = (texts: Iterable<string>): string | undefined => {
  for (const text of texts) {
    for (const sign of signs) {
      const found = sign.exec(text)?.[1]?.trim();
      if (found !== undefined && found !== '') return found;
    }
  }
  return undefined;
};
