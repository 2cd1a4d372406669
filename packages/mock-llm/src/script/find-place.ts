import type { Say } from '../exchange/request.ts';
import type { ScriptedResponse } from './responses-of.ts';
import type { Script } from './script-of.ts';

/** Where a conversation stands in a script. */
export interface Place {
  readonly script: Script;
  /** Whether its prompt was found word for word; otherwise the script was chosen because no other fits better. */
  readonly isMeant: boolean;
  /** Counted from 0, over all turns. */
  readonly turn: number;
  /** The answer that is due in the turn, counted from 0; as many as there are when the script has nothing left. */
  readonly response: number;
  readonly due: ScriptedResponse | undefined;
  /** The answer before, when it was of the same turn. */
  readonly before: ScriptedResponse | undefined;
}

/**
 * Finds the place from the conversation alone: what has been answered since the prompt decides what comes next. So a
 * request that is sent again gets the same answer, sessions beside each other do not disturb one another, and an agent
 * that is started again with its history goes on where it was.
 */
export const findPlace = (
  script: Script,
  says: readonly Say[],
  responsesOfTurn: (turn: number) => readonly ScriptedResponse[],
): Place => {
  let turn = 0;
  const meant = indexOfPrompt(says, script.turns[0].prompt, 0);
  let from: number = meant ?? firstPrompt(says);
  for (const [index, { prompt }] of script.turns.entries()) {
    if (index === 0) continue;
    const at = prompt === undefined ? undefined : indexOfPrompt(says, prompt, from + 1);
    if (at === undefined) continue;
    turn = index;
    from = at;
  }
  let answered = says.slice(from + 1).filter(({ by }) => by === 'model').length;
  // A turn whose prompt is anybody's is begun by whatever is said behind the last answer of the turn before.
  while (turn + 1 < script.turns.length && answered >= responsesOfTurn(turn).length) {
    answered -= responsesOfTurn(turn).length;
    turn += 1;
  }
  const responses = responsesOfTurn(turn);
  return {
    script,
    isMeant: meant !== undefined,
    turn,
    response: Math.min(answered, responses.length),
    due: responses[answered],
    before: responses[answered - 1],
  };
};

/** A text as prompts are compared: agents wrap and indent them. */
export const plainText = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Whether somebody said this, alone or inside of something longer. */
const contains = (say: Say, prompt: string): boolean =>
  say.by === 'user' && say.texts.some((text) => plainText(text).includes(prompt));

const indexOfPrompt = (
  says: readonly Say[],
  prompt: string | undefined,
  from: number,
): number | undefined => {
  const plain = plainText(prompt ?? '');
  if (plain === '') return undefined;
  const index = says.findIndex((say, at) => at >= from && contains(say, plain));
  return index === -1 ? undefined : index;
};

const firstPrompt = (says: readonly Say[]): number =>
  Math.max(
    0,
    says.findIndex((say) => say.by === 'user' && say.texts.length > 0),
  );
