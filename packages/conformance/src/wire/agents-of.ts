import type { AgentChoice } from '@agent-harbor/api-contract/schemas';
import { NotApplicable } from '../check.ts';
import type { Behaviour } from '../manager/context.ts';
import { mockAgent } from '../manager/mock-agents.ts';
import { jsonOf, member, readAnswers } from './answer.ts';
import type { WireContext } from './context.ts';
import { compose } from './request.ts';

/** Agents a caller knows to behave so. */
export type NamedAgents = Readonly<Partial<Record<Behaviour, AgentChoice>>>;

/**
 * The agents of the checks on a server nobody here knows: those the caller names, else the mock agent where the server
 * lists it. What needs one that is not there does not apply.
 */
export const agentsOf = async (
  { base, apiKey, exchange }: Pick<WireContext, 'base' | 'apiKey' | 'exchange'>,
  named: NamedAgents,
): Promise<WireContext['agent']> => {
  const sent = compose({ path: '/api/v1/agents' }, new URL(base).host, apiKey);
  const types = typesIn(await exchange(sent).catch(() => ''));
  return (behaviour) => {
    const agent = named[behaviour] ?? (types.includes('mock') ? mockAgent(behaviour) : undefined);
    if (agent !== undefined) return agent;
    throw new NotApplicable(
      `it needs an agent that ${behaviour}; GET /api/v1/agents lists no mock agent, and none was named`,
    );
  };
};

/** The agent types of a list; none when it is no such list. */
const typesIn = (received: string): readonly unknown[] => {
  const [answer] = readAnswers(received);
  if (answer?.status !== 200) return [];
  try {
    const items = member(jsonOf(answer), 'items');
    return Array.isArray(items) ? items.map((item) => member(item, 'type')) : [];
  } catch {
    return [];
  }
};
