import { agentSettings } from '@agent-harbor/api-contract/schemas';
import { Problem, parse, terminalOf } from '@agent-harbor/core';
import { builtInScenarioFor, builtInScenarios, parseScenario, type Scenario } from '@agent-harbor/scenario';

/** What the mock agent plays, and how fast. */
export interface MockSettings {
  readonly speed: number;
  /** Whether it plays in a terminal and not over its standard streams. */
  readonly inTerminal: boolean;
  /** The scenario for a prompt: the one that was asked for, else the one whose prompt is nearest. */
  scenarioFor(prompt: string): Scenario;
}

/** Reads the settings as the executor passes them on. Throws a `Problem` that names what is wrong. */
export const readMockSettings = (json: string | undefined): MockSettings => {
  const settings = parse(agentSettings.mock, readJson(json ?? '{}'), 'AH_MOCK_SETTINGS');
  const { scenario, speed = 1 } = settings;
  const wanted = scenario === undefined ? undefined : findScenario(scenario);
  const inTerminal = terminalOf(settings) !== undefined;
  return { speed, inTerminal, scenarioFor: (prompt) => wanted ?? builtInScenarioFor(prompt) };
};

const readJson = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Problem('invalid-request', { detail: 'AH_MOCK_SETTINGS is not JSON.', cause: error });
  }
};

const findScenario = (wish: string | Readonly<Record<string, unknown>>): Scenario => {
  if (typeof wish !== 'string') return parseScenario(wish, 'scenario');
  const found = Object.hasOwn(builtInScenarios, wish) ? builtInScenarios[wish] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(builtInScenarios).join(', ');
  throw new Problem('unsupported-choice', { detail: `There is no scenario ${wish}; there are ${names}.` });
};
