import type { Scenario } from './format/scenario.ts';
import { initialPromptOf } from './play/timeline.ts';
import { similarity } from './similarity.ts';

/** Below this nothing is near: half of the letters fit. */
const nearEnough = 0.5;

/** Something that is chosen by its prompt. */
export interface Candidate<Choice> {
  readonly choice: Choice;
  readonly prompt: string | undefined;
}

/**
 * What has the prompt nearest to what was asked; when none is near, the first. Undefined only where there is nothing to
 * choose from.
 */
export const nearest = <Choice>(
  candidates: Iterable<Candidate<Choice>>,
  prompt: string,
): Choice | undefined => {
  let first: Candidate<Choice> | undefined;
  let best: Candidate<Choice> | undefined;
  let bestScore = nearEnough;
  for (const candidate of candidates) {
    first ??= candidate;
    const score = candidate.prompt === undefined ? 0 : similarity(candidate.prompt, prompt);
    if (score <= bestScore) continue;
    best = candidate;
    bestScore = score;
  }
  return (best ?? first)?.choice;
};

/** The scenario whose prompt is nearest to what was asked, in the same way. */
export const nearestScenario = (scenarios: Iterable<Scenario>, prompt: string): Scenario | undefined =>
  nearest(
    Array.from(scenarios, (choice) => ({ choice, prompt: initialPromptOf(choice) })),
    prompt,
  );
