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

/** The same, for whom the delays of scenarios prove nothing: those that end do so at once. */
export const quickMockAgent = (behaviour: Behaviour): AgentChoice => {
  const agent = mockAgent(behaviour);
  return behaviour === 'waits' ? agent : { ...agent, settings: { ...agent.settings, speed: 0 } };
};
