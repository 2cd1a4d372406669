import { type Completable, following, listIds } from './completable.ts';

export const zsh = (commands: readonly Completable[]): string => `#compdef ah
# Completion of ah for zsh.
local start="" word
for word in "\${(@)words[2,CURRENT-1]}"; do
  case $word in -*) break ;; *) start="\${start:+$start }$word" ;; esac
done
case $start in
${[...following(commands)].map(([start, { words, takes }]) => `  "${start}") compadd -- ${words.join(' ')}${takes === undefined ? '' : `; [[ $PREFIX == -* ]] || compadd -V ${takes}s -- latest \${(f)"$(${listIds[takes]})"}`} ;;`).join('\n')}
  *) _files ;;
esac
`;
