import { contentText } from '../format/content.ts';
import type { Scenario } from '../format/scenario.ts';
import type { TimelineEntry } from '../format/timeline.ts';
import type { PromptResponse } from '../format/user.ts';
import { createCalls } from './calls.ts';
import { playEntry } from './play-entry.ts';
import { createScript, type Script, type TurnStep } from './script.ts';
import { type Action, type End, isGood } from './step.ts';
import { flatTimeline, promptEntry } from './timeline.ts';

/** What the agent does for one prompt. */
export interface Turn {
  /** The prompt that begins it; undefined for the first turn, which begins with the prompt of the launch. */
  readonly prompt: TurnPrompt | undefined;
  /** Times count from the start of the turn, without a speed factor; the last step is the end. */
  readonly steps: readonly TurnStep[];
  /** How many of the steps have happened before the scenario starts: they are there at once. */
  readonly history: number;
}

interface TurnPrompt {
  readonly text: string;
  readonly author: string;
  /** Nobody says it: a real user has to. */
  readonly waitsForUser: boolean;
  /** It was said while the turn before went on. */
  readonly isSaid: boolean;
  /** How long the agent has nothing to do before it is said. */
  readonly idleMs: number;
}

type UserInputs = NonNullable<TimelineEntry['userInputs']>;

/** The scenario as turns. Two calls give the same. What is never played is told to `remark`. */
export const turnsOf = (
  scenario: Scenario,
  remark: (what: string) => void = () => {},
): readonly [Turn, ...Turn[]] => {
  const timeline = flatTimeline(scenario.timeline);
  const prompt = promptEntry(timeline);
  const calls = createCalls(timeline);
  const modes = (scenario['x-modes'] ?? []).map(({ id }) => id);
  const surroundings = { web: scenario['x-web'], modes };
  const before: Turn[] = [];
  const sessionStart = timeline.findIndex((entry) => entry.sessionStart !== undefined);
  let script = createScript();
  let history = 0;
  let opening: TurnPrompt | undefined;
  let response = prompt?.userInputs?.[0]?.expectedResponse;
  /** When the turn begins, counted from the start of the scenario. */
  let startMs = 0;

  const interject = (inputs: UserInputs) => {
    for (const input of inputs) {
      if (input.expectedResponse !== undefined) remark('expectedResponse of an input that begins no turn');
      script.addAt(input.relativeTime - startMs, { type: 'user-input', ...wordsOf(input), opensTurn: false });
    }
  };
  const openTurn = ([first, ...others]: UserInputs) => {
    if (first === undefined) return;
    const words = wordsOf(first);
    const endMs = startMs + script.now;
    const waitsForUser = first['x-waitForUser'] === true;
    const isSaid = !waitsForUser && first.relativeTime < endMs;
    if (isSaid) script.addAt(first.relativeTime - startMs, { type: 'user-input', ...words, opensTurn: true });
    before.push({ prompt: opening, steps: finish(script, response, remark), history });
    history = 0;
    startMs = Math.max(endMs, first.relativeTime);
    opening = { ...words, waitsForUser, isSaid, idleMs: startMs - endMs };
    response = first.expectedResponse;
    script = createScript();
    interject(others);
  };

  for (const [index, entry] of timeline.entries()) {
    const { userInputs } = entry;
    if (index === sessionStart) {
      response = entry.sessionStart?.expectedPromptResponse ?? response;
      const happened = script.finish();
      history = happened.length;
      script = startOver(happened);
    } else if (userInputs === undefined) {
      playEntry(entry, { script, calls, surroundings, startMs, remark, isHistory: index < sessionStart });
    } else if (entry === prompt && script.ended === undefined) interject(userInputs.slice(1));
    else if (script.ended === undefined) interject(userInputs);
    else if (isGood(script.ended)) openTurn(userInputs);
    else remark('userInputs behind the end of the session');
  }
  const last = { prompt: opening, steps: finish(script, response, remark), history };
  const [first = last, ...others] = [...before, last];
  return [first, ...others];
};

const wordsOf = ({ input, 'x-author': author = 'user' }: UserInputs[number]) => ({
  text: input.map(contentText).join('\n\n'),
  author,
});

/** What is history has happened when the scenario starts. */
const startOver = (history: readonly TurnStep[]): Script => {
  const script = createScript();
  for (const { action } of history) script.add(action);
  return script;
};

const turnEnded: End = { kind: 'turn-ended', stopReason: 'end_turn' };

/** The steps with their end, and with what the response to the prompt says of it. */
const finish = (
  script: Script,
  response: PromptResponse | undefined,
  remark: (what: string) => void,
): readonly TurnStep[] => {
  const steps = script.finish();
  const expected = stopReasonOf(response);
  const end = script.ended ?? (expected === undefined ? turnEnded : { ...turnEnded, stopReason: expected });
  const lastly: Action[] = [];
  if (response?.usage !== undefined) {
    const { inputTokens = 0, outputTokens = 0 } = response.usage;
    lastly.push({ type: 'usage', inputTokens, outputTokens });
  }
  const found = end.kind === 'turn-ended' ? end.stopReason : `exit code ${end.code}`;
  if (expected !== undefined && expected !== found) {
    lastly.push({
      type: 'fail',
      reason: `expectedResponse.stopReason: expected ${expected}, but found ${found}`,
    });
  }
  lastly.push({ type: 'end', end });
  for (const step of steps) {
    if (step.atMs > script.now)
      remark(`${step.action.type} at ${step.atMs} ms of a turn that ends at ${script.now} ms`);
  }
  return [...steps, ...lastly.map((action) => ({ atMs: script.now, action, beside: false }))];
};

const stopReasonOf = (response: PromptResponse | undefined) => {
  const reason = response?.stopReason;
  return reason === 'completed' ? 'end_turn' : reason === 'interrupted' ? 'cancelled' : reason;
};
