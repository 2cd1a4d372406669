import { type Completable, flagValues, following, listNames, type Named, otherNames } from './completable.ts';

/** Offers what can be named, in the order it is listed in. */
const names = (named: Named): string =>
  `compadd -V ${named}s -- ${[...otherNames[named], `\${(f)"$(${listNames[named]})"}`].join(' ')}`;

export const zsh = (commands: readonly Completable[]): string => `#compdef ah
# Completion of ah for zsh.
local start="" word
for word in "\${(@)words[2,CURRENT-1]}"; do
  case $word in -*) break ;; *) start="\${start:+$start }$word" ;; esac
done
case $words[CURRENT-1] in
${Object.entries(flagValues)
  .map(
    ([flag, values]) =>
      `  ${flag}) ${typeof values === 'string' ? names(values) : `compadd -- ${values.join(' ')}`}; return ;;`,
  )
  .join('\n')}
esac
case $start in
${[...following(commands)]
  .map(([start, { words, takes, whole }]) => {
    const known = `compadd -- ${words.join(' ')}`;
    const exact = `  "${start}") ${known}${takes === undefined ? '' : `; [[ $PREFIX == -* ]] || ${names(takes)}`} ;;`;
    // Behind its arguments a command takes its flags still, and files.
    return whole ? `${exact}\n  "${start} "*) ${known}; [[ $PREFIX == -* ]] || _files ;;` : exact;
  })
  .join('\n')}
  *) _files ;;
esac
`;
