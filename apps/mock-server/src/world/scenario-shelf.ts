import { fieldProblem } from '@agent-harbor/core';
import {
  builtInScenarios,
  createPlayer,
  initialPromptOf,
  loadScenario,
  type Scenario,
} from '@agent-harbor/scenario';

/** A scenario as a list shows it. */
interface ShelvedScenario {
  readonly name: string;
  readonly origin: 'built-in' | 'file' | 'posted';
  readonly description: string | null;
  readonly tags: string[];
  readonly prompt: string | null;
  readonly durationMs: number;
  readonly steps: number;
}

/** The scenarios a session can play. */
export interface ScenarioShelf {
  /** What lies beside the built-in ones, by name; what is added later is in it too. */
  readonly given: Readonly<Record<string, Scenario>>;
  /** In the order of precedence. */
  list(): readonly ShelvedScenario[];
  /** Takes in a scenario written in YAML or JSON. Rejects with `invalid-request`, naming line and column. */
  add(text: string): ShelvedScenario;
}

export const createScenarioShelf = (fromFiles: Readonly<Record<string, Scenario>>): ScenarioShelf => {
  const given: Record<string, Scenario> = { ...fromFiles };
  const posted = new Set<string>();
  const show = (scenario: Scenario, origin: ShelvedScenario['origin']): ShelvedScenario => {
    const steps = createPlayer(scenario, 1);
    return {
      name: scenario.name,
      origin,
      description: scenario.description ?? null,
      tags: [...scenario.tags],
      prompt: initialPromptOf(scenario) ?? null,
      durationMs: steps.at(-1)?.atMs ?? 0,
      steps: steps.length,
    };
  };
  return {
    given,
    list: () => [
      ...Object.entries(given).map(([name, scenario]) =>
        show(scenario, posted.has(name) ? 'posted' : 'file'),
      ),
      ...Object.entries(builtInScenarios)
        .filter(([name]) => !Object.hasOwn(given, name))
        .map(([, scenario]) => show(scenario, 'built-in')),
    ],
    add(text) {
      const scenario = loadScenario(text, 'scenario');
      const isNew = !Object.hasOwn(given, scenario.name);
      if (isNew && Object.keys(given).length >= mostScenarios) {
        throw fieldProblem(
          'name',
          `there are ${mostScenarios} scenarios already; replace one, or reset the mock`,
        );
      }
      given[scenario.name] = scenario;
      posted.add(scenario.name);
      return show(scenario, 'posted');
    },
  };
};

const mostScenarios = 1_000;
