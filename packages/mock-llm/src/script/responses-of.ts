import type { Piece } from '../exchange/reply.ts';
import type { Failing, ScriptTurn, Use } from './item.ts';

/** One answer of the model. */
export interface ScriptedResponse {
  /** What the first requests for it get instead, one after another. */
  readonly failings: readonly Failing[];
  readonly thoughts: readonly Piece[];
  readonly texts: readonly Piece[];
  readonly uses: readonly Use[];
  /** When everything has been said, in milliseconds from the start. */
  readonly endMs: number;
}

interface Draft {
  failings: Failing[];
  thoughts: Piece[];
  texts: Piece[];
  uses: Use[];
  startMs: number;
  endMs: number;
  /** A tool is used: what comes next is another response. */
  isClosed: boolean;
}

/**
 * A turn as the answers an agent gets one by one. A tool directly behind words is used with them; each further one is an
 * answer of its own, as the model sees what the tool before gave. Words that are followed by words are one answer, because
 * an agent takes an answer without a tool for the end of its turn; that is also why a plan is only shown by agents
 * with a tool for it (`hasPlans`).
 */
export const responsesOf = ({ items }: ScriptTurn, hasPlans: boolean): readonly ScriptedResponse[] => {
  const drafts: Draft[] = [];
  let waitMs = 0;
  const fresh = (): Draft => {
    const draft = {
      failings: [],
      thoughts: [],
      texts: [],
      uses: [],
      startMs: waitMs,
      endMs: waitMs,
      isClosed: false,
    };
    waitMs = 0;
    drafts.push(draft);
    return draft;
  };
  const open = (): Draft => {
    const last = drafts.at(-1);
    return last === undefined || last.isClosed ? fresh() : last;
  };
  for (const item of items) {
    switch (item.type) {
      case 'open': {
        const draft = open();
        draft.endMs += waitMs;
        waitMs = 0;
        draft.startMs = draft.endMs;
        break;
      }
      case 'think':
      case 'say': {
        const draft = open();
        const atMs = draft.startMs + item.atMs;
        const pieces = item.type === 'think' ? draft.thoughts : draft.texts;
        pieces.push({ atMs, text: item.text });
        draft.endMs = Math.max(draft.endMs, atMs);
        break;
      }
      case 'fail':
        open().failings.push(item.failing);
        break;
      case 'plan':
        if (hasPlans) open().uses.push(item.use);
        break;
      case 'uses': {
        const draft = open();
        draft.endMs += waitMs;
        waitMs = 0;
        draft.uses.push(...item.uses);
        draft.isClosed = true;
        break;
      }
      case 'wait':
        waitMs += item.ms;
    }
  }
  const last = drafts.at(-1);
  // An agent that has used a tool asks once more.
  if (last === undefined || last.uses.length > 0) fresh().texts.push({ atMs: 0, text: 'Done.' });
  else if (last.texts.length === 0) last.texts.push({ atMs: last.endMs, text: 'Done.' });
  return drafts;
};
