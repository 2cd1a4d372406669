import { type Completable, flagValues, listNames, otherNames } from './completable.ts';

/** What is offered, as fish writes a list: words, and the lines of a command. */
const offers = (values: (typeof flagValues)[string]): string =>
  typeof values === 'string' ? [...otherNames[values], `(${listNames[values]})`].join(' ') : values.join(' ');

export const fish = (commands: readonly Completable[]): string => {
  const lines = commands.flatMap(({ path, summary, flags, takes }) => [
    ...path.map((word, index) => {
      const about = index === path.length - 1 ? ` -d ${quoted(summary)}` : '';
      return `complete -c ah -f -n ${at(path.slice(0, index))} -a ${word}${about}`;
    }),
    ...flags.map((flag) => {
      const values = flagValues[flag];
      const choice = values === undefined ? '' : ` -x -k -a ${quoted(offers(values))}`;
      return `complete -c ah -n ${within(path)} -l ${flag.slice(2)}${choice}`;
    }),
    ...(takes === undefined ? [] : [`complete -c ah -f -k -n ${at(path)} -a ${quoted(offers(takes))}`]),
  ]);
  return `# Completion of ah for fish.
function __ah_words
    set -l words (commandline -opc)
    for word in $words[2..-1]
        string match -q -- '-*' $word; and break
        echo $word
    end
end
function __ah_at
    set -l words (__ah_words)
    test "$words" = "$argv"
end
function __ah_within
    set -l words (__ah_words)
    string match -q -- "$argv *" "$words "
end
${[...new Set(lines)].join('\n')}
`;
};

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Where these words are all that stands there, and where arguments may follow them. */
const at = (start: readonly string[]): string => quoted(['__ah_at', ...start].join(' '));
const within = (start: readonly string[]): string => quoted(['__ah_within', ...start].join(' '));
