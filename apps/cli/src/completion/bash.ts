import { type Completable, flagValues, following, listNames, otherNames } from './completable.ts';

/** What is offered, as words of the shell: those that are known, and those that are asked for. */
const offers = (values: (typeof flagValues)[string]): string =>
  typeof values === 'string'
    ? [...otherNames[values], `$(${listNames[values]})`].join(' ')
    : values.join(' ');

export const bash = (commands: readonly Completable[]): string => `# Completion of ah for bash.
_ah() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} start="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) break ;; *) start="\${start:+$start }$word" ;; esac
  done
  case $before in
${Object.entries(flagValues)
  .map(
    ([flag, values]) => `    ${flag}) COMPREPLY=($(compgen -W "${offers(values)}" -- "$current")); return ;;`,
  )
  .join('\n')}
  esac
  case $start in
${[...following(commands)]
  .map(([start, { words, takes, whole }]) => {
    const names = takes === undefined ? '' : `; [[ $current == -* ]] || words="$words ${offers(takes)}"`;
    const exact = `    "${start}") words="${words.join(' ')}"${names} ;;`;
    // Behind its arguments a command takes its flags still.
    return whole ? `${exact}\n    "${start} "*) words="${words.join(' ')}" ;;` : exact;
  })
  .join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _ah ah
`;
