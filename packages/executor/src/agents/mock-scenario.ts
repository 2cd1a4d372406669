import type { AgentSettings } from '@agent-harbor/api-contract/schemas';
import { Problem } from '@agent-harbor/core/problem';
import { builtInScenarios, parseScenario } from '@agent-harbor/scenario';

/** Refuses a scenario that is not there, or is none. `path` names it in the problem. */
export const checkScenario = (scenario: AgentSettings['mock']['scenario'], path: string): void => {
  if (scenario === undefined) return;
  if (typeof scenario !== 'string') {
    parseScenario(scenario, path);
    return;
  }
  if (Object.hasOwn(builtInScenarios, scenario)) return;
  const names = Object.keys(builtInScenarios).join(', ');
  const detail = `There is no scenario ${JSON.stringify(scenario)}; this host has ${names}.`;
  throw new Problem('unsupported-choice', { detail, errors: { [path]: [detail] } });
};
