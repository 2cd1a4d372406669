import { contentText } from '../format/content.ts';
import type { Scenario } from '../format/scenario.ts';
import type { TimelineEntry } from '../format/timeline.ts';

/** The timeline without groups: what they hold stands in their place. */
export const flatTimeline = (timeline: readonly TimelineEntry[]): readonly TimelineEntry[] =>
  timeline.flatMap((entry) => entry.agentActions ?? entry.userActions ?? [entry]);

/** The entry with the prompt the session is launched with: of `userInputs` the first behind `sessionStart`, or of all. */
export const promptEntry = (flat: readonly TimelineEntry[]): TimelineEntry | undefined => {
  const start = flat.findIndex((entry) => entry.sessionStart !== undefined);
  const hasInput = (entry: TimelineEntry) => entry.userInputs !== undefined;
  return flat.slice(start + 1).find(hasInput) ?? flat.find(hasInput);
};

/**
 * What a user would ask for to get this scenario: the first of `userInputs` behind `sessionStart`, else the first of
 * all, else `initialPrompt`.
 */
export const initialPromptOf = ({ timeline, initialPrompt }: Scenario): string | undefined => {
  const first = promptEntry(flatTimeline(timeline))?.userInputs?.[0];
  return first === undefined ? initialPrompt : first.input.map(contentText).join('\n\n');
};
