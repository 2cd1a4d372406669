import { type Completable, following, listSessions } from './completable.ts';

export const bash = (commands: readonly Completable[]): string => `# Completion of ah for bash.
_ah() {
  local current=\${COMP_WORDS[COMP_CWORD]} start="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) break ;; *) start="\${start:+$start }$word" ;; esac
  done
  local words="" sessions=""
  case $start in
${[...following(commands)].map(([start, { words, session }]) => `    "${start}") words="${words.join(' ')}"${session ? ' sessions=1' : ''} ;;`).join('\n')}
  esac
  if [[ -n $sessions && $current != -* ]]; then
    words="$words latest $(${listSessions})"
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _ah ah
`;
