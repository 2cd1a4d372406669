import type { ContentBlock, Prompt } from '@agent-harbor/api-contract/schemas';
import { fieldProblem } from '@agent-harbor/core/problem';
import type { AgentAdapter } from './adapter.ts';

const promptBytes = 64 * 1024;
/** One argument may not be larger on Linux (`MAX_ARG_STRLEN`), the closing NUL counted. */
const argumentBytes = 128 * 1024 - 1;
/** All arguments together; the host's limit is shared with the environment. */
const argvBytes = 1024 * 1024;

export const command: AgentAdapter<'command'> = {
  displayName: 'Command',
  description:
    'Any program at all. `{prompt}` in its arguments stands for the prompt; what it prints becomes logs.',
  versions: ['latest'],
  protocol: 'output',
  plan({ settings, settingsPath, prompt }) {
    const text = promptAsText(prompt);
    if (Buffer.byteLength(text) > promptBytes) {
      throw fieldProblem('prompt', 'must be at most 64 KiB for a command agent');
    }
    const argv = settings.command.map((argument) => argument.replaceAll('{prompt}', () => text));
    const sizes = argv.map((argument) => Buffer.byteLength(argument));
    const tooLarge = sizes.findIndex((size) => size > argumentBytes);
    if (tooLarge !== -1) {
      throw fieldProblem(
        `${settingsPath}.command.${tooLarge}`,
        'must be less than 128 KiB with the prompt in it',
      );
    }
    if (sizes.reduce((sum, size) => sum + size, 0) > argvBytes) {
      throw fieldProblem(`${settingsPath}.command`, 'must be at most 1 MiB with the prompt in it');
    }
    return { argv, env: {}, prompt: [] };
  },
};

const promptAsText = (prompt: Prompt): string =>
  typeof prompt === 'string' ? prompt : prompt.map(blockAsText).join('\n\n');

const blockAsText = (block: ContentBlock, index: number): string => {
  if (block.type === 'text') return block.text;
  if (block.type === 'resource_link') return `[${block.name}](${block.uri})`;
  if (block.type === 'resource' && block.resource.text !== undefined) return block.resource.text;
  throw fieldProblem(`prompt.${index}`, 'must be text: a command agent gets its prompt as an argument');
};
