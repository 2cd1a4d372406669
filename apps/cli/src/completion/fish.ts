import { type Completable, flagValues, listNames, otherNames } from './completable.ts';

/** What is offered, as fish writes a list: words, and the lines of a command. */
const offers = (values: (typeof flagValues)[string]): string =>
  typeof values === 'string' ? [...otherNames[values], `(${listNames[values]})`].join(' ') : values.join(' ');

export const fish = (commands: readonly Completable[]): string => {
  const lines = commands.flatMap(({ path, summary, flags, takes }) => [
    ...path.map((word, index) => {
      const about = index === path.length - 1 ? summary : '';
      return `complete -c ah -f -n '${after(path.slice(0, index))}' -a ${word} -d '${about.replaceAll("'", "\\'")}'`;
    }),
    ...flags.map((flag) => {
      const values = flagValues[flag];
      const choice = values === undefined ? '' : ` -x -k -a '${offers(values)}'`;
      return `complete -c ah -n '${after(path)}' -l ${flag.slice(2)}${choice}`;
    }),
    ...(takes === undefined ? [] : [`complete -c ah -f -k -n '${after(path)}' -a '${offers(takes)}'`]),
  ]);
  return `# Completion of ah for fish.
function __ah_words
    set -l words (commandline -opc)
    set -e words[1]
    string match -v -- '-*' $words | string join ' '
end
${[...new Set(lines)].join('\n')}
`;
};

const after = (start: readonly string[]): string => `test (__ah_words) = "${start.join(' ')}"`;
