import { type Agent, type AgentSettings, agentSettings } from '@agent-harbor/api-contract/schemas';
import { Problem, parse } from '@agent-harbor/core';
import type { Scenario } from '../format/scenario.ts';
import { builtInScenarios, scenarioPrompt } from '../library/built-in-scenarios.ts';
import { parseScenario } from '../load/parse-scenario.ts';
import { initialPromptOf } from '../play/timeline.ts';
import { type Candidate, nearest } from '../select-scenario.ts';

/** Which scenario an agent plays. */
export interface Casting {
  /** The names one can ask for: those given first, then the built-in ones. What is given later counts from then on. */
  readonly names: readonly string[];
  /**
   * The settings of a scenario agent with its scenario, chosen by name, taken inline, or by the nearest prompt. Throws
   * `invalid-request` for settings that are wrong and `unsupported-choice` for a name nobody has, both with the field
   * below `root`.
   */
  cast(settings: Agent['settings'], prompt: string, root: string): Cast;
}

export interface Cast {
  readonly scenario: Scenario;
  readonly speed: AgentSettings['mock']['speed'];
  /** The mode it is to begin in. */
  readonly mode: AgentSettings['mock']['permissionMode'];
}

/** How many scenarios that were sent inline are kept. */
const keptInline = 8;

export const createCasting = (given: Readonly<Record<string, Scenario>>): Casting => {
  const namesNow = () => [...new Set([...Object.keys(given), ...Object.keys(builtInScenarios)])];
  const named = (name: string): Scenario | undefined =>
    Object.hasOwn(given, name)
      ? given[name]
      : Object.hasOwn(builtInScenarios, name)
        ? builtInScenarios[name]
        : undefined;

  /** Each is read when its request is checked and again for every session of it: what was read last is kept. */
  const read = new Map<string, Scenario>();
  const inline = (wish: object, field: string): Scenario => {
    const text = JSON.stringify(wish);
    const scenario = read.get(text) ?? parseScenario(wish, field);
    read.delete(text);
    read.set(text, scenario);
    for (const oldest of read.keys()) if (read.size > keptInline) read.delete(oldest);
    return scenario;
  };

  const candidates = (): readonly Candidate<string>[] =>
    namesNow().map((choice) => {
      const own = Object.hasOwn(given, choice) ? given[choice] : undefined;
      return { choice, prompt: own === undefined ? scenarioPrompt(choice) : initialPromptOf(own) };
    });

  const choose = (wish: AgentSettings['mock']['scenario'], prompt: string, field: string): Scenario => {
    if (typeof wish === 'object') return inline(wish, field);
    const found = named(wish ?? nearest(candidates(), prompt) ?? '');
    if (found !== undefined) return found;
    const message = `there is no scenario ${JSON.stringify(wish)}; this host has ${namesNow().join(', ')}`;
    throw new Problem('unsupported-choice', {
      detail: `${field}: ${message}`,
      errors: { [field]: [message] },
    });
  };

  return {
    get names() {
      return namesNow();
    },
    cast(settings, prompt, root) {
      const { scenario, speed, permissionMode: mode } = parse(agentSettings.mock, settings, root);
      return { scenario: choose(scenario, prompt, `${root}.scenario`), speed, mode };
    },
  };
};
