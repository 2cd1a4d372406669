import { Failure } from './failure.ts';
import type { Io } from './io.ts';
import { readWordsFrom } from './words.ts';

export interface PromptFlags {
  readonly prompt?: string | undefined;
  readonly promptFile?: string | undefined;
}

/** The prompt from the command line, a file, or standard input (`-`); undefined when none is given. */
export const readPrompt = async (flags: PromptFlags, io: Io): Promise<string | undefined> => {
  const { prompt, promptFile } = flags;
  if (prompt !== undefined && promptFile !== undefined) {
    throw new Failure('validation', {
      happened: 'There are two prompts',
      remedy: 'Give either --prompt or --prompt-file.',
    });
  }
  if (promptFile === undefined) return prompt;
  if (promptFile === '-') return io.readStdin();
  return readWordsFrom(promptFile, io, {
    happened: 'The prompt file cannot be read',
    remedy: 'Name a readable file with --prompt-file, or - for standard input.',
  });
};
