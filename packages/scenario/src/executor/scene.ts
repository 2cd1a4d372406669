import {
  commandWords,
  type EventBody,
  type Pipeline,
  pipelinesRun,
} from '@agent-harbor/api-contract/schemas';
import type { Assertion } from '../format/check.ts';
import type { FileEdit } from '../format/files.ts';
import type { ToolUse } from '../format/tool-use.ts';
import { isPatch } from '../load/folder.ts';
import type { Action } from '../play/step.ts';
import { applyEdit } from '../tool/apply-edit.ts';
import { applyUnifiedDiff } from '../tool/apply-patch.ts';
import { bytesOf, textOf } from '../tool/bytes.ts';
import { commitMessage } from '../tool/commit-message.ts';
import { filesOf, placesOf, see } from '../tool/look.ts';
import { planTool, type ToolPlan } from '../tool/plan-tool.ts';
import { type ReadPart, readText } from '../tool/read-text.ts';
import { workspacePath } from '../tool/workspace-path.ts';
import type { AgentSetting } from './agent-setting.ts';
import { failures, unknownChecks } from './assertions.ts';
import { editEvents, fullDiffUrl } from './edit-events.ts';
import type { MemoryWorkspace } from './memory-workspace.ts';
import { floodEvents, lieEvents } from './misbehaviour.ts';

/** What a scene is played in. */
export interface SceneParts {
  readonly sessionId: string;
  readonly workspace: Pick<MemoryWorkspace, 'files' | 'read' | 'write'>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** What times of the scenario are multiplied by; 1 when absent. */
  readonly speed?: number | undefined;
  /** A new id for the use of a tool. */
  executionId(): string;
  /** Everything that was said and printed in the session so far. */
  transcript(): string;
  /** What the agent is set to; of one that says so neither is known. */
  readonly set?: AgentSetting | undefined;
}

/** What an action leaves in the log; `failure` says why the session cannot go on. */
interface Played {
  readonly bodies: readonly EventBody[];
  readonly failure?: string;
}

/** Actions that are done in the workspace; the others are between the agent and people. */
export type Deed = Exclude<Action, { type: 'permission' | 'permission-end' | 'user-input' | 'hang' | 'end' }>;

/** What actions do to a workspace, and what the event log sees of them. */
export interface Scene {
  play(deed: Deed): Played;
  /** No leave was given for this call: its tool will fail. */
  deny(toolCallId: string): void;
  /** The id the tool with this call id has in the log. */
  readonly toolOpen: string | undefined;
  /** The tool that works now fails. */
  interrupt(): readonly EventBody[];
}

export const createScene = (parts: SceneParts): Scene => {
  const { sessionId, workspace } = parts;
  const commits: string[] = [];
  const denied = new Set<string>();
  const usedIds = new Set<string>();
  /** The tools that work now, each within the one before. */
  const working: {
    readonly id: string;
    readonly name: string;
    readonly isDenied: boolean;
    readonly beganAt: number;
  }[] = [];

  /** By the scenario and not by the clock, so that the same is told every time; undefined where it was cut short. */
  let tookMs: number | undefined;

  const start = (
    name: string,
    args: ToolUse['args'],
    { callId, isTold = false }: { callId?: string | undefined; isTold?: boolean | undefined } = {},
  ): EventBody => {
    const id = callId === undefined || usedIds.has(callId) ? parts.executionId() : callId;
    usedIds.add(id);
    const isDenied = !isTold && callId !== undefined && denied.has(callId);
    working.push({ id, name, isDenied, beganAt: parts.now() });
    tookMs = 0;
    return { type: 'tool_use', tool_name: name, tool_args: args, tool_execution_id: id, status: 'started' };
  };
  const startTool = ({ toolName, args, toolCallId: callId, 'x-told': isTold }: ToolUse): EventBody =>
    start(toolName, args, { callId, isTold });
  const finish = (
    output: string,
    failed: boolean,
    isTruncated = false,
    pipelines?: readonly Pipeline[] | undefined,
  ): EventBody[] => {
    const open = working.pop();
    if (open === undefined) return [];
    const { id, name, beganAt } = open;
    const status = failed ? 'failed' : 'completed';
    // How much there was of what is kept in part nobody says.
    const size = isTruncated ? { truncated: true } : { output_bytes: bytesOf(output).length };
    return [
      {
        type: 'tool_result',
        tool_name: name,
        tool_output: output,
        tool_execution_id: id,
        status,
        duration_ms: Math.max(0, Math.round(tookMs ?? parts.now() - beganAt)),
        ...size,
        ...(pipelines === undefined ? {} : { pipelines: [...pipelines] }),
      },
    ];
  };

  const edit = (change: FileEdit, everywhere: boolean, output: (path: string) => string): EventBody[] => {
    const { path, description, 'x-alone': isAlone, 'x-toolCallId': callId } = change;
    const obstacle = isAlone === true ? undefined : parts.set?.obstacle();
    if (obstacle !== undefined) return finish(obstacle, true);
    const toolExecutionId = isAlone === true ? callId : working.at(-1)?.id;
    const before = workspace.read(path);
    const result = applyEdit(change, before, everywhere);
    if (!result.done) return finish(result.reason, true);
    const { after } = result;
    workspace.write(path, after, parts.now());
    const changed = editEvents({ sessionId, path, before, after, toolExecutionId, description });
    return [...(isAlone === true ? [] : finish(output(path), false)), ...changed];
  };

  /** The file as the workspace has it; what the scenario says where it has none. */
  const read = (path: string, told: string | undefined, part: ReadPart = {}): EventBody[] => {
    const bytes = workspace.read(path);
    if (bytes !== null) return finish(readText(bytes, part), false);
    return told === undefined ? finish(`${path}: there is no such file`, true) : finish(told, false);
  };

  const commit = (argv: readonly string[] | undefined): void => {
    const message = argv === undefined ? undefined : commitMessage(argv);
    if (message !== undefined) commits.push(message);
  };

  const endTool = ({
    tool,
    output,
    failed,
    durationMs,
  }: Extract<Action, { type: 'tool-end' }>): EventBody[] => {
    tookMs = durationMs * (parts.speed ?? 1);
    if (working.at(-1)?.isDenied) return finish('Leave was not given.', true);
    const plan = planTool(tool);
    switch (plan.kind) {
      case 'edit':
        return edit(plan.edit, plan.everywhere, (path) => output || `Wrote ${path}.`);
      case 'read':
        return read(plan.path, failed || output === '' ? undefined : output, plan);
      case 'change':
        return change(plan, output, failed);
      case 'look': {
        if (failed || output !== '') return finish(output, failed, tool['x-truncated']);
        const places = placesOf([...workspace.files.keys()]);
        const texts = new Map<string, string>();
        for (const path of filesOf(plan.look, places)) {
          const bytes = workspace.read(path);
          const text = bytes === null ? null : textOf(bytes);
          if (text !== null) texts.set(path, text);
        }
        const seen = see(plan.look, places, texts);
        return finish(seen.output, seen.failed);
      }
      case 'plan':
        if (failed) return finish(output, true);
        return [{ type: 'plan', entries: [...plan.entries] }, ...finish(output, false)];
      case 'leave-plan': {
        if (failed) return finish(output, true);
        const left = parts.set?.leavePlan();
        const message = left === undefined ? [] : [switched(left)];
        return [
          { type: 'message', role: 'assistant', content: plan.plan },
          ...message,
          ...finish(output, false),
        ];
      }
      case 'refused':
        return finish(plan.reason, true);
      case 'run': {
        const obstacle = parts.set?.obstacle();
        if (obstacle !== undefined) return finish(obstacle, true);
        if (!failed) commit(plan.argv);
        const pipelines = pipelinesRun(plan.argv ?? [], exitCodeOf(tool, failed));
        return finish(output, failed, tool['x-truncated'], pipelines);
      }
      case 'told':
      case 'shell':
        return finish(output, failed, tool['x-truncated']);
    }
  };

  const change = (
    { path, isKept, change: make }: Extract<ToolPlan, { kind: 'change' }>,
    told: string,
    failed: boolean,
  ): EventBody[] => {
    if (failed) return finish(told, true);
    const bytes = workspace.read(path);
    const text = bytes === null ? null : textOf(bytes);
    // What the workspace does not have can only be told.
    if (text === null && !isKept && told !== '') return finish(told, false);
    if (text === null) return finish(`${path}: there is no such text file`, true);
    const changed = make(text);
    if (!changed.done) return finish(changed.reason, true);
    if (!isKept) return finish(told === '' ? changed.text : told, false);
    return edit({ path, contents: changed.text }, false, () => told || `Changed ${path}.`);
  };

  const userEdit = (patch: string): Played => {
    if (!isPatch(patch)) {
      return cannot(
        `userEdits: ${patch} is the name of a file; a scenario that is loaded from its folder takes it in`,
      );
    }
    const result = applyUnifiedDiff(patch, (path) => workspace.read(path));
    if (!result.done) return cannot(`userEdits: the patch ${result.reason}`);
    const description = 'Edited by the user';
    const bodies = result.files.flatMap(({ path, after }) => {
      const before = workspace.read(path);
      workspace.write(path, after, parts.now());
      return editEvents({ sessionId, path, before, after, toolExecutionId: undefined, description });
    });
    return { bodies };
  };

  const check = (assertion: Assertion): Played => {
    const view = {
      paths: () => workspace.files.keys(),
      text: (path: string) => {
        const bytes = workspace.read(path);
        return bytes === null ? undefined : textOf(bytes);
      },
      transcript: parts.transcript,
      commits,
    };
    const warnings = unknownChecks(assertion).map(
      (name): EventBody => ({
        type: 'log',
        level: 'warn',
        message: `assert.${name} is not known here and not checked.`,
      }),
    );
    const found = failures(assertion, view);
    if (found.length === 0) return { bodies: warnings };
    const { bodies, failure } = cannot(`assert: ${found.join('; ')}`);
    return { bodies: [...warnings, ...bodies], ...(failure === undefined ? {} : { failure }) };
  };

  const play = (deed: Deed): EventBody[] | Played => {
    const open = working.at(-1);
    const tool = open === undefined ? {} : { tool_execution_id: open.id };
    switch (deed.type) {
      case 'think':
        return [{ type: 'thought', thought: deed.text }];
      case 'say':
        return [{ type: 'message', role: 'assistant', content: deed.text }];
      case 'plan':
        return [{ type: 'plan', entries: [...deed.entries] }];
      case 'log':
        return [{ type: 'log', level: deed.level, message: deed.message }];
      case 'usage':
        return [ofModel({ type: 'usage', input_tokens: deed.inputTokens, output_tokens: deed.outputTokens })];
      case 'user-edit':
        return userEdit(deed.patch);
      case 'user-command':
        commit(commandWords(deed.command));
        return [
          { type: 'log', level: 'info', message: `The user runs a command (not run here): ${deed.command}` },
        ];
      case 'tool-start':
        return [startTool(deed.tool)];
      case 'tool-progress':
        return open?.isDenied ? [] : [{ type: 'log', level: 'info', message: deed.message, ...tool }];
      case 'tool-output': {
        if (open?.isDenied) return [];
        const { stream, text } = deed;
        const level = stream === 'stdout' ? 'info' : 'warn';
        return [{ type: 'log', level, message: text.replace(/\r?\n$/, ''), stream, ...tool }];
      }
      case 'tool-end':
        return endTool(deed);
      case 'edit': {
        const begun = deed.edit['x-alone'] === true ? [] : [start('editFile', { path: deed.edit.path })];
        const changed = edit(deed.edit, false, (path) => `Changed ${path}.`);
        return [...begun, ...changed];
      }
      case 'read': {
        const begun = start('readFile', { path: deed.path });
        return [begun, ...read(workspacePath(deed.path) ?? deed.path, deed.expectedContent)];
      }
      case 'assert':
        return check(deed.assertion);
      case 'fail':
        return cannot(deed.reason);
      case 'event':
        return [placed(deed.body)];
      case 'file':
        workspace.write(deed.path, deed.contents === null ? null : bytesOf(deed.contents), parts.now());
        return [];
      case 'mode':
        parts.set?.switchMode(deed.modeId);
        return [switched(deed.modeId)];
      case 'flood':
        return floodEvents(deed.flood);
      case 'lie':
        return lieEvents(deed.lie, parts.executionId).map(ofModel);
    }
  };

  /** What is spent is spent by the model in use. */
  const ofModel = (body: EventBody): EventBody => {
    const model = parts.set?.model;
    return body.type === 'usage' && model !== undefined ? { ...body, model } : body;
  };

  /** An event that leads to a file of its session leads to this one's. */
  const placed = (body: EventBody): EventBody =>
    body.type === 'diff' && body.fullDiffUrl !== undefined
      ? { ...body, fullDiffUrl: fullDiffUrl(sessionId, body.path) }
      : body;

  return {
    play(deed) {
      const played = play(deed);
      return 'bodies' in played ? played : { bodies: played };
    },
    deny: (toolCallId) => void denied.add(toolCallId),
    get toolOpen() {
      return working.at(-1)?.id;
    },
    interrupt() {
      tookMs = undefined;
      return working.toReversed().flatMap(() => finish('Stopped before it was done.', true));
    },
  };
};

/** What a program that is played ended with, where the scenario says so. */
const exitCodeOf = ({ toolExecution }: ToolUse, failed: boolean): number | undefined =>
  toolExecution?.events.findLast(({ type }) => type === 'completion')?.exitCode ?? (failed ? undefined : 0);

const switched = (mode: string): EventBody => ({
  type: 'log',
  level: 'info',
  message: `The agent switches to the mode ${mode}.`,
});

const cannot = (failure: string): Played => ({
  bodies: [{ type: 'log', level: 'error', message: failure }],
  failure,
});
