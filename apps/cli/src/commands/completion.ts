import { z } from 'zod';
import { bash } from '../completion/bash.ts';
import { type Completable, namedBy } from '../completion/completable.ts';
import { fish } from '../completion/fish.ts';
import { zsh } from '../completion/zsh.ts';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { defineCommand, withCommon } from '../flags.ts';
import { createParser } from '../parser.ts';

const shells = { bash, zsh, fish } as const;

export const completion = defineCommand({
  flags: z.object({}),
  declare: (command) =>
    withCommon(command)
      .description(
        'Prints a script that completes commands, flags and what they are about when you press Tab.',
      )
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
    const [, render] = Object.entries(shells).find(([name]) => name === shell) ?? [];
    if (render === undefined) {
      throw new Failure('validation', {
        happened: `There is no completion for ${shell}`,
        remedy: `Choose ${Object.keys(shells).join(', ')}.`,
      });
    }
    await context.io.stdout.write(render(await collectCommands(context)));
  },
});

const collectCommands = async ({ commands, io }: Context): Promise<Completable[]> => {
  return Promise.all(
    commands.map(async ({ path, summary, load }) => {
      const declared = (await load()).declare(createParser('ah', io, () => undefined));
      return {
        path,
        summary,
        flags: [...declared.options.map(({ long }) => long ?? ''), '--help'].filter(Boolean),
        takes: namedBy(path, declared.registeredArguments[0]?.name()),
      };
    }),
  );
};
