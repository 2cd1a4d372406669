import { z } from 'zod';
import { type Context, createParser, defineCommand, withCommon } from '../command.ts';
import { Failure } from '../failure.ts';

/** The words of one command and the flags it takes. */
interface Completable {
  readonly path: readonly string[];
  readonly summary: string;
  readonly flags: readonly string[];
}

export const completion = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(command)
      .description('Prints a script that completes commands and flags when you press Tab.')
      .argument('<shell>', 'bash, zsh or fish')
      .addHelpText(
        'after',
        `
Examples:
  $ source <(ah completion bash)                                    # bash: add it to ~/.bashrc
  $ ah completion zsh > "\${fpath[1]}/_ah"                            # zsh
  $ ah completion fish > ~/.config/fish/completions/ah.fish         # fish`,
      ),
  run: async (context, [shell]) => {
    const render = shell === 'bash' ? bash : shell === 'zsh' ? zsh : shell === 'fish' ? fish : undefined;
    if (render === undefined) {
      throw new Failure('validation', {
        happened: `There is no completion for ${shell}`,
        remedy: 'Choose bash, zsh or fish.',
      });
    }
    context.io.stdout.write(render(await collectCommands(context)));
  },
});

const collectCommands = async ({ commands, io }: Context): Promise<Completable[]> => {
  const shown = commands.filter(({ hidden }) => hidden !== true);
  return Promise.all(
    shown.map(async ({ path, summary, load }) => {
      const declared = (await load()).declare(createParser('ah', io));
      return {
        path,
        summary,
        flags: [...declared.options.map(({ long }) => long ?? ''), '--help'].filter(Boolean),
      };
    }),
  );
};

/** What may follow each beginning of a command: the next words, or the flags. */
const nextWords = (commands: readonly Completable[]): Map<string, readonly string[]> => {
  const next = new Map<string, string[]>();
  const add = (start: readonly string[], word: string) => {
    const key = start.join(' ');
    const words = next.get(key) ?? [];
    if (!words.includes(word)) words.push(word);
    next.set(key, words);
  };
  for (const { path, flags } of commands) {
    for (const [index, word] of path.entries()) add(path.slice(0, index), word);
    for (const flag of flags) add(path, flag);
  }
  return next;
};

const bash = (commands: readonly Completable[]): string => `# Completion of ah for bash.
_ah() {
  local current=\${COMP_WORDS[COMP_CWORD]} start="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) break ;; *) start="\${start:+$start }$word" ;; esac
  done
  local words=""
  case $start in
${[...nextWords(commands)].map(([start, words]) => `    "${start}") words="${words.join(' ')}" ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _ah ah
`;

const zsh = (commands: readonly Completable[]): string => `#compdef ah
# Completion of ah for zsh.
local start="" word
for word in "\${(@)words[2,CURRENT-1]}"; do
  case $word in -*) break ;; *) start="\${start:+$start }$word" ;; esac
done
case $start in
${[...nextWords(commands)].map(([start, words]) => `  "${start}") compadd -- ${words.join(' ')} ;;`).join('\n')}
  *) _files ;;
esac
`;

const fish = (commands: readonly Completable[]): string => {
  const lines = commands.flatMap(({ path, summary, flags }) => [
    ...path.map(
      (word, index) =>
        `complete -c ah -f -n '${conditionFor(path.slice(0, index))}' -a ${word} -d '${index === path.length - 1 ? summary.replaceAll("'", "\\'") : ''}'`,
    ),
    ...flags.map((flag) => `complete -c ah -n '${conditionFor(path)}' -l ${flag.slice(2)}`),
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

const conditionFor = (start: readonly string[]): string => `test (__ah_words) = "${start.join(' ')}"`;
