import type { Scenario } from './format/scenario.ts';
import { initialPromptOf } from './play/timeline.ts';
import { similarity } from './similarity.ts';

/** Below this nothing is near: half of the letters fit. */
const nearEnough = 0.5;

/**
 * The scenario whose prompt is nearest to what was asked; when none is near, the first one. Undefined only where there
 * is no scenario at all.
 */
export const nearestScenario = (scenarios: Iterable<Scenario>, prompt: string): Scenario | undefined => {
  let first: Scenario | undefined;
  let best: Scenario | undefined;
  let bestScore = nearEnough;
  for (const scenario of scenarios) {
    first ??= scenario;
    const own = initialPromptOf(scenario);
    const score = own === undefined ? 0 : similarity(own, prompt);
    if (score <= bestScore) continue;
    best = scenario;
    bestScore = score;
  }
  return best ?? first;
};
