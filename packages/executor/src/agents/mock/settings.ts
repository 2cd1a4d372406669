import { agentSettings } from '@agent-harbor/api-contract/schemas';
import { Problem, parse, terminalOf } from '@agent-harbor/core';
import { builtInScenarioFor, builtInScenarios, parseScenario, type Scenario } from '@agent-harbor/scenario';

/** What the mock agent plays, and how fast. */
export interface MockSettings {
  readonly speed: number;
  /** Whether it plays in a terminal and not over its standard streams. */
  readonly inTerminal: boolean;
  /** The model that was chosen for it; where the scenario names none, it is the one it has. */
  readonly model: string | undefined;
  /** The scenario, where it is known before the first prompt. */
  readonly scenario: Scenario | undefined;
  /** The scenario for a prompt: the one that was asked for, else the one whose prompt is nearest. */
  scenarioFor(prompt: string): Scenario;
}

/**
 * Reads the settings as the executor passes them on: `AH_MOCK_SETTINGS`, and beside it `AH_MOCK_PROMPT`, the first
 * prompt, and `AH_MOCK_MODEL`. Throws a `Problem` that names what is wrong.
 */
export const readMockSettings = ({
  AH_MOCK_SETTINGS: json,
  AH_MOCK_PROMPT: prompt,
  AH_MOCK_MODEL: model,
}: Readonly<Record<string, string | undefined>>): MockSettings => {
  const settings = parse(agentSettings.mock, readJson(json ?? '{}'), 'AH_MOCK_SETTINGS');
  const { scenario, speed = 1 } = settings;
  const wanted = scenario === undefined ? undefined : findScenario(scenario);
  const inTerminal = terminalOf(settings) !== undefined;
  return {
    speed,
    inTerminal,
    model,
    scenario: wanted ?? (prompt === undefined ? undefined : builtInScenarioFor(prompt)),
    scenarioFor: (prompt) => wanted ?? builtInScenarioFor(prompt),
  };
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
