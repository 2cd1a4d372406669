import type { EventBody } from '@agent-harbor/api-contract/schemas';
import type { Flood, Lie } from '../format/misbehaviour.ts';

/** The file of `unmade-edit`, and what it is said to hold. */
export const unmade = { path: 'claimed.txt', text: 'Nobody wrote this.\n' };

/** One of the many; all of a flood are told apart by their number. */
export const floodText = (number: number, bytes: number): string => `flood ${number} `.padEnd(bytes, '.');

/** What the log sees of a flood. */
export const floodEvents = ({ of, count, bytes }: Flood): EventBody[] =>
  Array.from({ length: count }, (_, index) => floodEvent(of, floodText(index + 1, bytes)));

const floodEvent = (of: Flood['of'], text: string): EventBody => {
  switch (of) {
    case 'messages':
      return { type: 'message', role: 'assistant', content: text };
    case 'output':
      return { type: 'log', level: 'debug', message: `The agent printed: ${text}` };
    case 'stderr':
      return { type: 'log', level: 'info', message: text, stream: 'stderr' };
  }
};

/** What the log of an honest server shows of a lie: what was said, and never that it is so. */
export const lieEvents = (lie: Lie, newId: () => string): EventBody[] => {
  switch (lie) {
    case 'unmade-edit':
      return tool('editFile', { path: unmade.path }, `Changed ${unmade.path}`, newId());
    case 'ended-twice':
      return tool('verify', {}, 'All is well.', newId());
    case 'unstarted-end':
      return tool('unseen', {}, 'Done already.', newId());
    case 'falling-usage':
      return [
        { ...nothingUsed, cost_micro_usd: 500_000, context_tokens: 900, context_window: 1_000 },
        { ...nothingUsed, context_tokens: 100, context_window: 1_000 },
      ];
    case 'foreign-session':
      return [debug('The agent speaks in a session that is not this one.')];
    case 'not-json':
      return [debug(`The agent printed: ${noMessage}`)];
    case 'unknown-update':
      return [debug('Update of the agent: {"sessionUpdate":"made_up"}')];
    case 'unasked-answer':
      return [debug('The agent answers what nobody asked.')];
    case 'unknown-request':
    case 'outside-file':
    case 'foreign-terminal':
      return [{ type: 'message', role: 'assistant', content: refusedWords(lie) }];
    case 'torn-message':
    case 'endless-line':
      return [];
  }
};

/** The line of `not-json`. */
export const noMessage = 'This line is no message.';

/** What the agent says when its client did not do what it was asked. */
export const refusedWords = (lie: Lie): string => `${lie}: refused`;

const nothingUsed = { type: 'usage', input_tokens: 0, output_tokens: 0 } as const;

const debug = (message: string): EventBody => ({ type: 'log', level: 'debug', message });

const tool = (
  tool_name: string,
  tool_args: Record<string, never> | { path: string },
  tool_output: string,
  tool_execution_id: string,
): EventBody[] => [
  { type: 'tool_use', tool_name, tool_args, tool_execution_id, status: 'started' },
  { type: 'tool_result', tool_name, tool_output, tool_execution_id, status: 'completed' },
];
