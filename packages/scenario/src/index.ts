export { demoRepository } from './demo-repository.ts';
export { type AgentSetting, createAgentSetting, offerOf } from './executor/agent-setting.ts';
export {
  createScriptedExecutor,
  type ScriptedExecutor,
  type ScriptedExecutorOptions,
} from './executor/create-scripted-executor.ts';
export { floodText, noMessage, refusedWords, unmade } from './executor/misbehaviour.ts';
export { createScriptedForges } from './executor/scripted-forges.ts';
export { contentText } from './format/content.ts';
export { FileContents, FileEdit } from './format/files.ts';
export { Lie } from './format/misbehaviour.ts';
export { Scenario, type ScenarioSource } from './format/scenario.ts';
export { scenarioSchema } from './format/schema.ts';
export { ScenarioTerminal, usualTerminal } from './format/terminal.ts';
export { TimelineEntry } from './format/timeline.ts';
export { toolNames } from './format/tool-names.ts';
export { ToolUse } from './format/tool-use.ts';
export { builtInScenarioFor, builtInScenarios, scenarioSource } from './library/built-in-scenarios.ts';
export type { ScenarioFolder } from './load/folder.ts';
export { loadScenario } from './load/load-scenario.ts';
export { parseScenario } from './load/parse-scenario.ts';
export type { LoadOptions } from './load/read-source.ts';
export { definitionsIn, type Symbols, symbolsOf } from './load/symbols.ts';
export { writeScenario } from './load/write-scenario.ts';
export { createPlayer, stepsOf } from './play/create-player.ts';
export type { Action, End, Step } from './play/step.ts';
export { initialPromptOf } from './play/timeline.ts';
export { type Turn, turnsOf } from './play/turns.ts';
export type { RecordedFile } from './record/known-files.ts';
export {
  type RecordedSession,
  type Recording,
  recordScenario,
} from './record/record-scenario.ts';
export { nearestScenario } from './select-scenario.ts';
export { playTerminal, type TerminalPlay, type TerminalStage } from './terminal/play-terminal.ts';
export { applyEdit, type EditResult } from './tool/apply-edit.ts';
export { textOf } from './tool/bytes.ts';
export { filesOf, matchingLines, type Place, type Seen, see } from './tool/look.ts';
export { planTool, type ToolPlan } from './tool/plan-tool.ts';
export { type ReadPart, readText } from './tool/read-text.ts';
