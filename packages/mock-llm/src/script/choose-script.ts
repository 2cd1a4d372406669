import { nearestScenario, type Scenario } from '@agent-harbor/scenario';
import type { Say } from '../exchange/request.ts';
import { plainText } from './find-place.ts';
import type { Script } from './script-of.ts';

/** A scenario and its script. */
export interface Played {
  readonly scenario: Scenario;
  readonly script: Script;
}

/**
 * The scenario whose prompt the user said, the longest where there are several; else the one with the nearest prompt;
 * else the first.
 */
export const chooseScript = (shelf: readonly Played[], says: readonly Say[]): Script | undefined => {
  const texts = says.flatMap((say) => (say.by === 'user' ? say.texts : []));
  const said = texts.map(plainText);
  const meant = shelf
    .map(({ script }) => ({ script, prompt: plainText(script.turns[0].prompt ?? '') }))
    .filter(({ prompt }) => prompt !== '' && said.some((text) => text.includes(prompt)))
    .toSorted((one, other) => other.prompt.length - one.prompt.length);
  if (meant[0] !== undefined) return meant[0].script;
  const near = nearestScenario(
    shelf.map(({ scenario }) => scenario),
    promptIn(texts),
  );
  return shelf.find(({ scenario }) => scenario === near)?.script;
};

/** What the user himself said last: agents put what they add into tags of their own. */
export const promptIn = (texts: readonly string[]): string =>
  texts.findLast((text) => !text.trimStart().startsWith('<')) ?? texts.at(-1) ?? '';
