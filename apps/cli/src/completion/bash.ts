import { type Completable, following, listIds } from './completable.ts';

export const bash = (commands: readonly Completable[]): string => `# Completion of ah for bash.
_ah() {
  local current=\${COMP_WORDS[COMP_CWORD]} start="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) break ;; *) start="\${start:+$start }$word" ;; esac
  done
  local words="" takes=""
  case $start in
${[...following(commands)].map(([start, { words, takes }]) => `    "${start}") words="${words.join(' ')}"${takes === undefined ? '' : ` takes=${takes}`} ;;`).join('\n')}
  esac
  if [[ -n $takes && $current != -* ]]; then
    case $takes in
      session) words="$words latest $(${listIds.session})" ;;
      approval) words="$words latest $(${listIds.approval})" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _ah ah
`;
