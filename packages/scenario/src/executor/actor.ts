import type { EventBody } from '@agent-harbor/api-contract/schemas';
import type { AgentExit, Clock } from '@agent-harbor/core';
import type { Action, End, Step } from '../play/step.ts';
import { applyEdit } from '../tool/apply-edit.ts';
import { textOf } from '../tool/bytes.ts';
import { planTool } from '../tool/plan-tool.ts';
import { workspacePath } from '../tool/workspace-path.ts';
import { editEvents } from './edit-events.ts';
import type { MemoryJournal } from './journal.ts';
import type { MemoryWorkspace } from './memory-workspace.ts';

/** Where a scenario is played, and with what. */
export interface Stage {
  readonly sessionId: string;
  readonly clock: Clock;
  readonly journal: MemoryJournal;
  readonly workspace: MemoryWorkspace;
  /** A new id for the use of a tool. */
  readonly executionId: () => string;
}

/** A scenario that is being played. */
export interface Actor {
  /** Ends it here: what a tool was doing fails, the journal gets its last word. */
  end(exit: AgentExit): void;
  /** Plays no further and says nothing more. */
  halt(): void;
}

/** Plays the steps on the clock, one timer at a time; what is due now is played at once. */
export const playSteps = (steps: readonly Step[], stage: Stage): Actor => {
  const { clock, journal } = stage;
  const startedAt = clock.now();
  const scene = createScene(stage);
  let next = 0;
  let cancelTimer: () => void = () => {};

  const proceed = (): void => {
    const bodies: EventBody[] = [];
    const flush = () => journal.append(bodies.splice(0).map((body) => ({ at: clock.now(), body })));
    for (let step = steps[next]; step !== undefined; step = steps[next]) {
      const waitMs = startedAt + step.atMs - clock.now();
      if (waitMs > 0) {
        flush();
        cancelTimer = clock.schedule(waitMs, proceed);
        return;
      }
      next += 1;
      bodies.push(...scene.play(step.action));
      if (step.action.type !== 'end') continue;
      flush();
      journal.end(exitOf(step.action.end));
      return;
    }
    flush();
  };
  proceed();

  return {
    end(exit) {
      cancelTimer();
      if (journal.ended) return;
      journal.append(scene.interrupt().map((body) => ({ at: clock.now(), body })));
      journal.end(exit);
    },
    halt() {
      cancelTimer();
    },
  };
};

const exitOf = (end: End): AgentExit =>
  end.kind === 'turn-ended'
    ? { kind: 'turn-ended', stopReason: end.stopReason }
    : { kind: 'exited', code: end.code, lastOutput: end.message };

/** What actions do to the workspace, and what the event log sees of them. */
const createScene = ({ sessionId, clock, workspace, executionId }: Stage) => {
  /** The tool that works now. */
  let open: { readonly id: string; readonly name: string } | undefined;

  const start = (name: string, args: Readonly<Record<string, unknown>>): EventBody => {
    open = { id: executionId(), name };
    const { id } = open;
    return { type: 'tool_use', tool_name: name, tool_args: args, tool_execution_id: id, status: 'started' };
  };
  const finish = (output: string, failed: boolean): EventBody[] => {
    if (open === undefined) return [];
    const { id, name } = open;
    open = undefined;
    const status = failed ? 'failed' : 'completed';
    return [{ type: 'tool_result', tool_name: name, tool_output: output, tool_execution_id: id, status }];
  };

  const edit = (
    change: Parameters<typeof applyEdit>[0],
    everywhere: boolean,
    output: (path: string) => string,
  ): EventBody[] => {
    const { path, description } = change;
    const toolExecutionId = open?.id ?? '';
    const before = workspace.read(path);
    const result = applyEdit(change, before, everywhere);
    if (!result.done) return finish(result.reason, true);
    const { after } = result;
    workspace.write(path, after, clock.now());
    const changed = editEvents({ sessionId, path, before, after, toolExecutionId, description });
    return [...finish(output(path), false), ...changed];
  };

  /** The file as the workspace has it; what the scenario says where it has none. */
  const read = (path: string, told: string | undefined): EventBody[] => {
    const bytes = workspace.read(path);
    if (bytes !== null) return finish(textOf(bytes) ?? `[${bytes.length} bytes that are no text]`, false);
    return told === undefined ? finish(`${path}: there is no such file`, true) : finish(told, false);
  };

  const endTool = (action: Extract<Action, { type: 'tool-end' }>): EventBody[] => {
    const plan = planTool(action.tool);
    switch (plan.kind) {
      case 'edit':
        return edit(plan.edit, plan.everywhere, (path) => action.output || `Wrote ${path}.`);
      case 'read':
        return read(plan.path, action.failed || action.output === '' ? undefined : action.output);
      case 'refused':
        return finish(plan.reason, true);
      case 'run':
      case 'told':
        return finish(action.output, action.failed);
    }
  };

  return {
    play(action: Action): readonly EventBody[] {
      const tool = open === undefined ? {} : { tool_execution_id: open.id };
      switch (action.type) {
        case 'think':
          return [{ type: 'thought', thought: action.text }];
        case 'say':
          return [{ type: 'message', role: 'assistant', content: action.text }];
        case 'plan':
          return [{ type: 'plan', entries: [...action.entries] }];
        case 'log':
          return [{ type: 'log', level: action.level, message: action.message }];
        case 'user-input':
          return [{ type: 'user_input', author: 'user', content: action.text }];
        case 'tool-start':
          return [start(action.tool.toolName, action.tool.args)];
        case 'tool-progress':
          return [{ type: 'log', level: 'info', message: action.message, ...tool }];
        case 'tool-output': {
          const { stream, text } = action;
          const level = stream === 'stdout' ? 'info' : 'warn';
          return [{ type: 'log', level, message: text.replace(/\r?\n$/, ''), stream, ...tool }];
        }
        case 'tool-end':
          return endTool(action);
        case 'edit':
          return [
            start('editFile', { path: action.edit.path }),
            ...edit(action.edit, false, (path) => `Changed ${path}.`),
          ];
        case 'read':
          return [
            start('readFile', { path: action.path }),
            ...read(workspacePath(action.path) ?? action.path, action.expectedContent),
          ];
        case 'end':
          return action.end.kind === 'exited'
            ? [{ type: 'log', level: 'error', message: action.end.message, stream: 'stderr' }]
            : [];
      }
    },
    interrupt: (): readonly EventBody[] => finish('Stopped before it was done.', true),
  };
};
