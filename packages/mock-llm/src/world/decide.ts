import { digest } from '@agent-harbor/core';
import type { FileEdit } from '@agent-harbor/scenario';
import type { ModelRequest } from '../exchange/request.ts';
import { chooseScript, type Played } from '../script/choose-script.ts';
import { findPlace, type Place } from '../script/find-place.ts';
import type { Failing, Use } from '../script/item.ts';
import { type Difference, mismatchOf } from '../script/mismatch.ts';
import { responsesOf, type ScriptedResponse } from '../script/responses-of.ts';
import { workingFolder } from '../script/working-folder.ts';
import { anyJson, hasPlanTool, type Toolbox, type Translated, translate } from '../tools/translate.ts';

/** What is answered, and why. */
export type Decision =
  /** The scenario speaks. */
  | {
      readonly kind: 'scenario';
      readonly place: Place;
      readonly response: ScriptedResponse;
      readonly calls: readonly Translated[];
      /** Which conversation it is, for what is counted in it. */
      readonly conversation: string;
    }
  /** The agent asks for something beside the work: a title, whether to go on. */
  | { readonly kind: 'aside'; readonly place: Place | undefined; readonly text: string }
  /** The scenario has nothing left to say, and is not taken strictly. */
  | { readonly kind: 'over'; readonly place: Place; readonly text: string }
  | { readonly kind: 'mismatch'; readonly place: Place | undefined; readonly difference: Difference };

/** Decides what a request is answered with. The same request gets the same decision. */
export const decide = (request: ModelRequest, shelf: readonly Played[], isStrict: boolean): Decision => {
  const script = chooseScript(shelf, request.says);
  if (script === undefined)
    return { kind: 'mismatch', place: undefined, difference: ['- a scenario', '+ none is loaded'] };
  const hasPlans = hasPlanTool(request.tools);
  const responses = script.turns.map((turn) => responsesOf(turn, hasPlans));
  const place = findPlace(script, request.says, (turn) => responses[turn] ?? []);
  const made = [
    ...responses.slice(0, place.turn).flat(),
    ...(responses[place.turn] ?? []).slice(0, place.response),
  ];
  const box = boxOf(request, editsOf(made));
  const usesTools = responses.some((turn) => turn.some(({ uses }) => uses.length > 0));
  if (request.wantsJson !== undefined) {
    return { kind: 'aside', place, text: anyJson(request.wantsJson, script.name) };
  }
  if (usesTools && request.tools.length === 0) return { kind: 'aside', place, text: script.name };

  if (isStrict) {
    const told = ({ uses }: ScriptedResponse) => uses.map((use) => translate(use, box)?.name ?? use.title);
    const prompts = shelf.flatMap(({ script: { turns } }) => turns[0].prompt ?? []);
    const difference = mismatchOf(place, request, told, prompts);
    if (difference !== undefined) return { kind: 'mismatch', place, difference };
  }
  if (place.due === undefined) {
    return { kind: 'over', place, text: `The scenario ${script.name} has nothing left to say.` };
  }
  const calls: Translated[] = [];
  for (const use of place.due.uses) {
    const translated = translate(use, box);
    if (translated === undefined) return { kind: 'mismatch', place, difference: noTool(use, request) };
    calls.push(translated);
  }
  const conversation = request.session ?? digest(JSON.stringify(request.says[0] ?? null));
  return { kind: 'scenario', place, response: place.due, calls, conversation };
};

const noTool = ({ title }: Use, { tools }: ModelRequest): Difference => [
  `- a tool for ${title}`,
  `+ tools: ${tools.map(({ name }) => name).join(', ') || 'none'}`,
];

const boxOf = ({ tools, says, system }: ModelRequest, edits: readonly FileEdit[]): Toolbox => {
  const texts = says.flatMap((say) => (say.by === 'user' ? say.texts : []));
  const results = says.flatMap((say) => (say.by === 'user' ? say.results.map(({ text }) => text) : []));
  return {
    tools,
    cwd: workingFolder([system, ...texts]),
    seen: edits.reduce(afterEdit, results),
    hasPatches: system.includes('apply_patch'),
  };
};

const editsOf = (responses: readonly ScriptedResponse[]): readonly FileEdit[] =>
  responses
    .flatMap(({ uses }) => uses)
    .flatMap(({ intent }) => (intent.kind === 'edit' ? [intent.edit] : []));

/** What the agent has seen, as it is since an edit. */
const afterEdit = (
  seen: readonly string[],
  { contents, oldText, newText = '' }: FileEdit,
): readonly string[] => {
  if (typeof contents === 'string') return [...seen, contents];
  return oldText === undefined ? seen : seen.map((text) => text.replace(oldText, () => newText));
};

/** What the first requests for an answer get instead, one each. */
export const failingOf = ({ failings }: ScriptedResponse, attempt: number): Failing | undefined =>
  failings[attempt];
