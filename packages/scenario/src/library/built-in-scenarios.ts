import type { Scenario, ScenarioSource } from '../format/scenario.ts';
import { parseScenario } from '../load/parse-scenario.ts';
import { nearest } from '../select-scenario.ts';
import { approvalDenied, approvalExpired, approvalGranted } from './approvals.ts';
import { agentCrash, hostLost, modelRefusal, networkLoss, quotaExceeded, tokenLimit } from './breakdowns.ts';
import {
  evolvingPlan,
  failedAssertion,
  hugeOutput,
  nothingToDo,
  renameAndDelete,
  userBeside,
} from './changes.ts';
import {
  boldOpinion,
  carefulOpinion,
  loadedHistory,
  multiTurnChat,
  promptedByHand,
} from './conversations.ts';
import { failing } from './failing.ts';
import { fixFailingTest } from './fix-failing-test.ts';
import { longRunning } from './long-running.ts';
import { manyEvents } from './many-events.ts';
import { quickEdit } from './quick-edit.ts';
import { cancelMidTool, pauseAndResume } from './stopped.ts';
import { toolFailure } from './tool-failure.ts';
import { unicodeAndBinary } from './unicode-and-binary.ts';

/**
 * Name → scenario as it is written, or what makes it where it would be thousands of lines. They are data and not YAML,
 * so that whoever plays them in a browser needs no reader for it. The first is played for a prompt that is near to
 * none: it works in any repository.
 */
const scenarioSources: Readonly<Record<string, ScenarioSource | (() => ScenarioSource)>> = {
  'quick-edit': quickEdit,
  'fix-failing-test': fixFailingTest,
  'long-running': longRunning,
  failing,
  'tool-failure': toolFailure,
  'unicode-and-binary': unicodeAndBinary,
  'many-events': manyEvents,
  'cancel-mid-tool': cancelMidTool,
  'pause-and-resume': pauseAndResume,
  'approval-granted': approvalGranted,
  'approval-denied': approvalDenied,
  'approval-expired': approvalExpired,
  'agent-crash': agentCrash,
  'host-lost': hostLost,
  'quota-exceeded': quotaExceeded,
  'network-loss': networkLoss,
  'model-refusal': modelRefusal,
  'token-limit': tokenLimit,
  'huge-output': hugeOutput,
  'evolving-plan': evolvingPlan,
  'rename-and-delete': renameAndDelete,
  'nothing-to-do': nothingToDo,
  'user-beside': userBeside,
  'multi-turn-chat': multiTurnChat,
  'prompted-by-hand': promptedByHand,
  'loaded-history': loadedHistory,
  'second-opinion-bold': boldOpinion,
  'second-opinion-careful': carefulOpinion,
  'failed-assertion': failedAssertion,
};

/** The scenario of this name as it is written; undefined when none is built in. */
export const scenarioSource = (name: string): ScenarioSource | undefined => {
  const source = Object.hasOwn(scenarioSources, name) ? scenarioSources[name] : undefined;
  return typeof source === 'function' ? source() : source;
};

/**
 * The prompt of a scenario of the library, read without reading the whole scenario: who looks for the nearest prompt
 * looks at all of them.
 */
export const scenarioPrompt = (name: string): string | undefined => {
  const timeline = scenarioSource(name)?.timeline ?? [];
  const start = timeline.findIndex(({ sessionStart }) => sessionStart !== undefined);
  const first = timeline.slice(start + 1).find(({ userInputs }) => userInputs !== undefined)?.userInputs?.[0];
  const input = Array.isArray(first) ? first[1] : first?.input;
  return typeof input === 'string' ? input : undefined;
};

/** The scenarios that come with the product, by name. Each is read when it is first looked at. */
export const builtInScenarios: Readonly<Record<string, Scenario>> = Object.defineProperties(
  {},
  Object.fromEntries(
    Object.keys(scenarioSources).map((name) => {
      let scenario: Scenario | undefined;
      const get = () => {
        scenario ??= parseScenario(scenarioSource(name), name);
        return scenario;
      };
      return [name, { enumerable: true, get }];
    }),
  ),
);

/** The built-in scenario whose prompt is nearest to what was asked; the first when none is near. Reads only that one. */
export const builtInScenarioFor = (prompt: string): Scenario => {
  const names = Object.keys(scenarioSources);
  const name = nearest(
    names.map((choice) => ({ choice, prompt: scenarioPrompt(choice) })),
    prompt,
  );
  return parseScenario(scenarioSource(name ?? ''), name ?? '');
};
