import type { AgentChoice } from '@agent-harbor/api-contract/schemas';
import type { Behaviour } from './context.ts';

/** The built-in scenarios that behave as the checks need. */
const scenarios: Readonly<Record<Behaviour, string>> = {
  edits: 'quick-edit',
  waits: 'long-running',
  fails: 'failing',
};

/** The agents of the checks for every host that has the mock agent. */
export const mockAgent = (behaviour: Behaviour): AgentChoice => ({
  type: 'mock',
  settings: { scenario: scenarios[behaviour] },
});
