import type { AgentChoice, JsonObject } from '@agent-harbor/api-contract/schemas';
import type { Behaviour } from './context.ts';

/** Leave for one tool, with an answer `allow` and an answer `reject`. */
const request = (name: string, title: string) => ({
  agentPermissionRequest: { toolCall: { toolCallId: `call-${name}`, name, title } },
});

/** The scenarios that behave as the checks need: built-in ones by name, others inline. */
const scenarios: Readonly<Record<Behaviour, string | JsonObject>> = {
  edits: 'quick-edit',
  waits: 'long-running',
  fails: 'failing',
  asks: {
    name: 'asks',
    timeline: [
      { llmResponse: [{ assistant: [[0, 'I need leave for two things.']] }] },
      request('install', 'Install what is missing'),
      request('remove', 'Remove what is left over'),
      { llmResponse: [{ assistant: [[0, 'Thank you.']] }] },
    ],
  },
  offers: {
    name: 'offers',
    'x-models': [{ id: 'small', name: 'Small' }, { id: 'large' }],
    timeline: [
      { userInputs: [{ relativeTime: 0, input: 'Do it', expectedResponse: { usage: { inputTokens: 3 } } }] },
      { llmResponse: [{ assistant: [[0, 'I am here.']] }] },
    ],
  },
  types: {
    name: 'types',
    timeline: [],
    'x-terminal': {
      output: [[0, '\u001b[1mready\u001b[0m\r\n']],
      answers: [
        { input: 'size', output: '{cols}x{rows}\r\n' },
        { input: 'bye', output: 'so long\r\n', exitCode: 0 },
      ],
    },
  },
};

/** The agents of the checks for every host that has the mock agent. */
export const mockAgent = (behaviour: Behaviour): AgentChoice => ({
  type: 'mock',
  settings: {
    scenario: scenarios[behaviour],
    ...(behaviour === 'types' ? { terminal: { cols: 80, rows: 24 } } : {}),
  },
});

/** The same, for whom the delays of scenarios prove nothing: those that end do so at once. */
export const quickMockAgent = (behaviour: Behaviour): AgentChoice => {
  const agent = mockAgent(behaviour);
  return behaviour === 'waits' ? agent : { ...agent, settings: { ...agent.settings, speed: 0 } };
};
