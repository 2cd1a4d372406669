import type { Context } from './context.ts';
import type { Settings } from './settings/read-settings.ts';
import { shellWord } from './terminal/shell-word.ts';

/** The flags without which the next command would look for a server elsewhere than at `url`. */
export const hereFlags = (settings: Settings, url: string): readonly string[] => [
  ...(settings.originOf('stateDir')?.startsWith('--') === true ? ['--state-dir', settings.stateDir] : []),
  ...(settings.originOf('restBase') === undefined ? [] : ['--rest-base', url]),
];

/** How `ah` is called from the next prompt: under npm it is not on the PATH. */
export const programHere = ({ io }: Context): readonly string[] =>
  io.env.npm_lifecycle_event === 'start' ? io.program : ['ah'];

/** A command for the same server, ready to be copied. */
export const commandHere = async (
  context: Context,
  url: string,
  words: readonly string[],
): Promise<string> => {
  const flags = hereFlags(await context.settings(), url);
  return [...programHere(context), ...words, ...flags].map(shellWord).join(' ');
};
