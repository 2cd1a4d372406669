import type { ModelRequest, Say } from '../exchange/request.ts';
import { promptIn } from './choose-script.ts';
import type { Place } from './find-place.ts';

/** What was expected and what came instead, as lines that begin with `-` and `+`. */
export type Difference = readonly string[];

/**
 * What the agent sent that the scenario does not expect; undefined when all is well. `told` gives the names of the tools a
 * response used.
 */
export const mismatchOf = (
  place: Place,
  request: ModelRequest,
  told: (response: NonNullable<Place['before']>) => readonly string[],
  prompts: readonly string[],
): Difference | undefined => {
  const { says } = request;
  if (!place.isMeant) {
    const found = promptIn(says.flatMap((say) => (say.by === 'user' ? say.texts : [])));
    return [...prompts.map((prompt) => `- prompt: ${short(prompt)}`), `+ prompt: ${short(found)}`];
  }
  if (place.due === undefined) {
    return ['- the conversation ends: the scenario has nothing left to say', `+ ${lastOf(says)}`];
  }
  return place.before === undefined ? undefined : resultsOf(place.before, says, told(place.before));
};

const resultsOf = (
  before: NonNullable<Place['before']>,
  says: readonly Say[],
  told: readonly string[],
): Difference | undefined => {
  const model = says.findLast((say) => say.by === 'model');
  const calls = model?.by === 'model' ? model.calls : [];
  const names = calls.map(({ name }) => name);
  if (names.join('\n') !== told.join('\n')) {
    return [`- tools used: ${told.join(', ') || 'none'}`, `+ tools used: ${names.join(', ') || 'none'}`];
  }
  if (told.length === 0) return undefined;
  const last = says.at(-1);
  const results = last?.by === 'user' ? last.results : [];
  if (results.length !== told.length) {
    return [
      `- results of ${told.length} tools: ${told.join(', ')}`,
      `+ results of ${results.length} tools, and: ${lastOf(says)}`,
    ];
  }
  const lines = before.uses.flatMap(({ expects, title }, index) => {
    const text = results[index]?.text ?? '';
    return expects
      .filter((expected) => !text.includes(expected))
      .flatMap((expected) => [`- ${title} gives: ${short(expected)}`, `+ ${title} gives: ${short(text)}`]);
  });
  return lines.length === 0 ? undefined : lines;
};

const lastOf = (says: readonly Say[]): string => {
  const last = says.at(-1);
  if (last === undefined) return 'nothing was said';
  if (last.by === 'model') return `the model said: ${short(last.text)}`;
  if (last.texts.length > 0) return `the user said: ${short(promptIn(last.texts))}`;
  return `a tool gave: ${short(last.results.at(-1)?.text ?? '')}`;
};

const short = (text: string): string => {
  const line = JSON.stringify(text);
  return line.length <= 300 ? line : `${line.slice(0, 300)}…`;
};
