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
 * lists it and plays the scenario. What needs one that is not there does not apply.
 */
export const agentsOf = async (
  { base, apiKey, exchange }: Pick<WireContext, 'base' | 'apiKey' | 'exchange'>,
  named: NamedAgents,
): Promise<WireContext['agent']> => {
  const ask = async (path: string): Promise<unknown> => {
    const [answer] = readAnswers(await exchange(compose({ path }, new URL(base).host, apiKey)));
    return answer?.status === 200 ? jsonOf(answer) : undefined;
  };
  const lists = await ask('/api/v1/agents').catch(() => undefined);
  const takes = await ask('/api/v1/schemas/agents/mock.json').catch(() => undefined);
  const hasMock = typesIn(lists).includes('mock');
  return (behaviour) => {
    const agent = named[behaviour] ?? mockAgent(behaviour);
    const isThere = named[behaviour] !== undefined || (hasMock && plays(takes, agent));
    if (isThere) return agent;
    throw new NotApplicable(
      `it needs an agent that ${behaviour}; ${hasMock ? 'the mock agent does not know that scenario' : 'GET /api/v1/agents lists no mock agent'}, and none was named`,
    );
  };
};

const typesIn = (list: unknown): readonly unknown[] => {
  const items = member(list, 'items');
  return Array.isArray(items) ? items.map((item) => member(item, 'type')) : [];
};

/** Whether a schema of settings leaves room for the scenario. Only a closed list of names says no by itself. */
const plays = (schema: unknown, { settings }: AgentChoice): boolean => {
  const names = member(member(member(schema, 'properties'), 'scenario'), 'enum');
  return !Array.isArray(names) || names.includes(settings?.scenario);
};
