import { type Completable, following, listSessions } from './completable.ts';

export const zsh = (commands: readonly Completable[]): string => `#compdef ah
# Completion of ah for zsh.
local start="" word
for word in "\${(@)words[2,CURRENT-1]}"; do
  case $word in -*) break ;; *) start="\${start:+$start }$word" ;; esac
done
case $start in
${[...following(commands)].map(([start, { words, session }]) => `  "${start}") compadd -- ${words.join(' ')}${session ? `; [[ $PREFIX == -* ]] || compadd -V sessions -- latest \${(f)"$(${listSessions})"}` : ''} ;;`).join('\n')}
  *) _files ;;
esac
`;
