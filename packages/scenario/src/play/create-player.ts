import { contentText } from '../format/content.ts';
import type { Scenario } from '../format/scenario.ts';
import type { PlayedEntry, ResponseElement, TimelineEntry } from '../format/timeline.ts';
import { createScript, type Script } from './script.ts';
import type { Step } from './step.ts';
import { addToolUse } from './tool-steps.ts';

/**
 * The scenario as an ordered list of steps; the last one is always the end. `speed` multiplies every time and must be
 * 0 or more: 0.1 is ten times as fast, 0 is all at once. Times are rounded to whole milliseconds from the start, so
 * no error adds up. Two calls with the same arguments give the same list.
 */
export const createPlayer = (scenario: Scenario, speed: number): readonly Step[] => {
  const script = createScript();
  const prompt = promptEntry(scenario.timeline);
  for (const entry of scenario.timeline) {
    if (script.ended) break;
    for (const name of playedNames)
      if (entry[name] !== undefined) players[name](script, entry, entry === prompt);
  }
  script.add(turnEnded);
  const end = script.now;
  return script.steps
    .filter(({ atMs }) => atMs <= end)
    .toSorted((one, other) => one.atMs - other.atMs || last(one) - last(other))
    .map(({ atMs, action }) => ({ atMs: Math.round(atMs * speed), action }));
};

/**
 * What a user would ask for to get this scenario: the first of `userInputs` behind `sessionStart`, else the first of
 * all, else `initialPrompt`.
 */
export const initialPromptOf = (scenario: Scenario): string | undefined => {
  const first = promptEntry(scenario.timeline)?.userInputs?.[0];
  return first === undefined ? scenario.initialPrompt : first.input.map(contentText).join('\n\n');
};

const promptEntry = (timeline: Scenario['timeline']): TimelineEntry | undefined => {
  const start = timeline.findIndex((entry) => entry.sessionStart !== undefined);
  const hasInput = (entry: TimelineEntry) => entry.userInputs !== undefined;
  return timeline.slice(start + 1).find(hasInput) ?? timeline.find(hasInput);
};

const turnEnded = { type: 'end', end: { kind: 'turn-ended', stopReason: 'end_turn' } } as const;

/** What users say at the very end is still said before it. */
const last = ({ action }: Step): number => (action.type === 'end' ? 1 : 0);

type Player = (script: Script, entry: TimelineEntry, isPrompt: boolean) => void;

const pass = (script: Script, ms: number | undefined): void => script.moveTo(script.now + (ms ?? 0));

const players: Record<PlayedEntry, Player> = {
  llmResponse: (script, { llmResponse = [] }) => {
    for (const element of llmResponse) addElement(script, element);
  },
  agentToolUse: (script, { agentToolUse }) => {
    if (agentToolUse !== undefined) addToolUse(script, agentToolUse);
  },
  agentEdits: (script, { agentEdits }) => {
    if (agentEdits !== undefined) script.add({ type: 'edit', call: script.nextCall(), edit: agentEdits });
  },
  agentPlan: (script, { agentPlan }) => {
    if (agentPlan !== undefined) script.add({ type: 'plan', entries: agentPlan.entries });
  },
  agentFileReads: (script, { agentFileReads }) => {
    for (const { path, expectedContent } of agentFileReads?.files ?? []) {
      script.add({ type: 'read', call: script.nextCall(), path, expectedContent });
    }
  },
  userInputs: (script, { userInputs = [] }, isPrompt) => {
    // The first input of the scenario is the prompt the session was launched with: it is there already.
    for (const { relativeTime, input } of isPrompt ? userInputs.slice(1) : userInputs) {
      script.addAt(relativeTime, { type: 'user-input', text: input.map(contentText).join('\n\n') });
    }
  },
  baseTimeDelta: (script, { baseTimeDelta }) => pass(script, baseTimeDelta),
  advanceMs: (script, { advanceMs }) => pass(script, advanceMs),
  log: (script, { log }) => {
    if (log !== undefined) script.add({ type: 'log', ...log });
  },
  status: (script, { status }) => {
    if (status === 'completed') script.add(turnEnded);
    if (status === 'failed') {
      script.add({ type: 'end', end: { kind: 'exited', code: 1, message: 'The agent failed.' } });
    }
  },
  complete: (script, { complete }) => {
    if (complete === true) script.add(turnEnded);
    if (typeof complete === 'object') script.add({ type: 'end', end: { kind: 'turn-ended', ...complete } });
  },
  error: (script, { error }) => {
    if (error === undefined) return;
    script.add({ type: 'end', end: { kind: 'exited', code: error.exitCode, message: error.message } });
  },
};

const playedNames = Object.keys(players).filter((name): name is PlayedEntry => Object.hasOwn(players, name));

const addElement = (script: Script, { think, assistant, error, agentPlan }: ResponseElement): void => {
  const start = script.now;
  for (const { relativeTime, content } of think ?? []) {
    script.moveTo(start + relativeTime);
    script.add({ type: 'think', text: contentText(content) });
  }
  for (const { relativeTime, content } of assistant ?? []) {
    script.moveTo(start + relativeTime);
    if (content.type === 'plan') script.add({ type: 'plan', entries: content.entries });
    else script.add({ type: 'say', text: contentText(content) });
  }
  if (error !== undefined) {
    const message = `${error.errorType} (${error.statusCode}): ${error.message}`;
    script.add({ type: 'log', level: 'error', message });
  }
  if (agentPlan !== undefined) script.add({ type: 'plan', entries: agentPlan.entries });
};
