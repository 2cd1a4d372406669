import type { Scenario, TimelineEntry } from '@agent-harbor/scenario';
import { contentText, initialPromptOf, toolNames } from '@agent-harbor/scenario';
import { namedUse, useOf } from './intent.ts';
import type { Item, ScriptTurn } from './item.ts';

/** A scenario as the script of a model. */
export interface Script {
  readonly name: string;
  readonly turns: readonly [ScriptTurn, ...ScriptTurn[]];
}

type Entry = Omit<TimelineEntry, 'agentActions' | 'userActions'>;

/**
 * What a model has to say in a scenario. What the agent, its user or a test do by themselves is none of its business;
 * what no model can do is told to `remark`.
 */
export const scriptOf = (scenario: Scenario, remark: (what: string) => void = () => undefined): Script => {
  const flat: readonly Entry[] = scenario.timeline.flatMap(
    (entry) => entry.agentActions ?? entry.userActions ?? [entry],
  );
  const start = flat.findIndex(({ sessionStart }) => sessionStart !== undefined);
  const turns: ScriptTurn[] = [];
  let items: Item[] = [];
  let stop: ScriptTurn['stop'] = 'end';
  let prompt = initialPromptOf(scenario);
  let hasEnded = false;
  const close = () => {
    turns.push({ prompt, items, stop });
    items = [];
    stop = 'end';
    hasEnded = false;
  };

  for (const entry of flat.slice(start + 1)) {
    const { userInputs } = entry;
    if (userInputs !== undefined && hasEnded) {
      close();
      const [first] = userInputs;
      prompt =
        first === undefined || first['x-waitForUser'] === true
          ? undefined
          : first.input.map(contentText).join('\n\n');
    }
    if (hasEnded) continue;
    items.push(...itemsOf(entry, remark));
    const ending = endingOf(entry);
    if (ending !== undefined) {
      stop = ending;
      hasEnded = true;
    }
  }
  close();
  const [first, ...others] = turns;
  return { name: scenario.name, turns: [first ?? { prompt, items: [], stop: 'end' }, ...others] };
};

const endingOf = ({ complete, error, status, userCancelSession }: Entry): ScriptTurn['stop'] | undefined => {
  if (typeof complete === 'object' && 'stopReason' in complete) {
    if (complete.stopReason === 'refusal') return 'refusal';
    return complete.stopReason === 'max_tokens' ? 'length' : 'end';
  }
  const ends =
    (complete !== undefined && complete !== false) ||
    error !== undefined ||
    status === 'completed' ||
    status === 'failed' ||
    (userCancelSession !== undefined && userCancelSession !== false);
  return ends ? 'end' : undefined;
};

const itemsOf = (entry: Entry, remark: (what: string) => void): readonly Item[] => {
  const { llmResponse, agentToolUse, agentEdits, agentFileReads, agentPlan, baseTimeDelta, advanceMs } =
    entry;
  if (llmResponse !== undefined) return [{ type: 'open' }, ...responseItems(llmResponse)];
  if (agentToolUse !== undefined) return [{ type: 'uses', uses: [useOf(agentToolUse)] }];
  if (agentPlan !== undefined) return [planItem(agentPlan.entries)];
  if (agentFileReads !== undefined) {
    const uses = agentFileReads.files.map(({ path, expectedContent }) => ({
      title: 'readFile',
      intent: { kind: 'read', path } as const,
      expects: expectedContent === undefined ? [] : [expectedContent],
    }));
    return [{ type: 'uses', uses }];
  }
  if (agentEdits !== undefined) {
    if (agentEdits['x-alone'] === true) return [];
    const { contents, oldText, delete: isGone } = agentEdits;
    if (contents === undefined && oldText === undefined && isGone === undefined) {
      remark(`agentEdits of ${agentEdits.path} without contents or oldText: a model cannot edit by figures`);
      return [];
    }
    const edit = { kind: 'edit', edit: agentEdits, everywhere: false } as const;
    return [{ type: 'uses', uses: [{ title: 'editFile', intent: edit, expects: [] }] }];
  }
  const ms = baseTimeDelta ?? advanceMs;
  if (ms !== undefined) return [{ type: 'wait', ms }];
  const name = toolNames.find((tool) => entry[tool] !== undefined);
  if (name === undefined) return [];
  // What another agent does of whom a task is asked is its own to ask a model for.
  const { 'x-timeline': _errand, ...args } = entry[name] ?? {};
  return [{ type: 'uses', uses: [namedUse(name, args)] }];
};

const responseItems = (response: NonNullable<Entry['llmResponse']>): readonly Item[] => {
  const items: Item[] = [];
  // Every element starts where the one before has ended.
  let startMs = 0;
  for (const { think = [], assistant = [], error, agentPlan } of response) {
    for (const { relativeTime, content } of think)
      items.push({ type: 'think', atMs: startMs + relativeTime, text: contentText(content) });
    for (const { relativeTime, content } of assistant) {
      if (content.type === 'plan') items.push(planItem(content.entries));
      else items.push({ type: 'say', atMs: startMs + relativeTime, text: contentText(content) });
    }
    startMs += Math.max(0, ...[...think, ...assistant].map(({ relativeTime }) => relativeTime));
    if (agentPlan !== undefined) items.push(planItem(agentPlan.entries));
    if (error !== undefined) {
      const { errorType: type, statusCode: status, message, retryAfterSeconds } = error;
      items.push({ type: 'fail', failing: { status, type, message, retryAfterSeconds } });
    }
  }
  return items;
};

const planItem = (
  entries: readonly { content: string; status: string; priority?: string | undefined }[],
): Item => ({
  type: 'plan',
  use: { title: 'todoWrite', intent: { kind: 'plan', entries }, expects: [] },
});
