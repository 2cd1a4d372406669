import { sleep } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import type { Action, End, Step } from '@agent-harbor/scenario';
import { systemClock } from '../../recorder/system-clock.ts';
import type { Report } from './report.ts';
import type { CommandResult } from './run-command.ts';
import { type CallMemory, createToolbox } from './toolbox.ts';

/** Where a scenario is performed for real. */
export interface Stage {
  /** The directory the agent works in, and never leaves. */
  readonly cwd: string;
  readonly report: Report;
  /** What happened to tool calls before this turn. */
  readonly memory: CallMemory;
  /** The factor of every time in a branch; the steps of the turn have it in them. */
  readonly speed: number;
  /** Asks for leave, and resolves with whether it was given. */
  ask(permission: Extract<Action, { type: 'permission' }>): Promise<boolean>;
  /** Runs a program where the client runs it; undefined where it does not, or not this one. `show` is told the terminal. */
  runByClient?(
    argv: readonly string[],
    cwd: string,
    show: (terminalId: string) => Promise<void>,
  ): Promise<CommandResult> | undefined;
  /** One line for people, beside the protocol. */
  note(line: string): void;
  /** Fires when the turn is not wanted any more. */
  readonly signal: AbortSignal;
}

/**
 * Performs the steps in the time they say. Where a tool really works, or somebody is really asked, their own time takes
 * the place of what the scenario says they need. A turn that is cancelled ends as `cancelled`.
 */
export const performSteps = async (steps: readonly Step[], stage: Stage): Promise<End> => {
  const { report, memory, note, signal, speed } = stage;
  const toolbox = createToolbox(stage);
  /** By call: whether leave was given. */
  const answers = new Map<number, boolean>();
  try {
    const end = await performAll(steps);
    if (end !== undefined) return end;
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'aborted')) throw error;
  }
  await toolbox.abandon();
  return { kind: 'turn-ended', stopReason: 'cancelled' };

  async function performAll(played: readonly Step[]): Promise<End | undefined> {
    let before = 0;
    /** The request whose answer is there: nothing up to its end is waited for. */
    let answered: number | undefined;
    for (const { atMs, action } of played) {
      const pauseMs = atMs - before;
      before = atMs;
      if ('call' in action && toolbox.isDone(action.call)) continue;
      if (pauseMs > 0 && answered === undefined) await sleep(systemClock, pauseMs, signal);
      if (action.type === 'permission') answered = action.call;
      if (action.type === 'permission-end' && action.call === answered) answered = undefined;
      const end = await perform(action);
      if (end !== undefined) return end;
      if (signal.aborted) return undefined;
    }
    return undefined;
  }

  async function followBranch(action: Extract<Action, { type: 'permission-end' }>): Promise<End | undefined> {
    const isAllowed = answers.get(action.call) === true;
    const { toolCallId } = action.request.toolCall ?? {};
    if (!isAllowed && toolCallId !== undefined) memory.denied.add(toolCallId);
    const { steps: branch, durationMs } = isAllowed ? action.whenAllowed : action.whenDenied;
    const end = await performAll(branch.map((step) => ({ ...step, atMs: Math.round(step.atMs * speed) })));
    if (end !== undefined || signal.aborted) return end;
    const restMs = (durationMs - (branch.at(-1)?.atMs ?? 0)) * speed;
    if (restMs > 0) await sleep(systemClock, restMs, signal);
    return undefined;
  }

  async function perform(action: Action): Promise<End | undefined> {
    switch (action.type) {
      case 'end':
        return action.end;
      case 'fail':
        return { kind: 'exited', code: 1, message: action.reason };
      case 'permission':
        answers.set(action.call, await stage.ask(action));
        return undefined;
      case 'permission-end':
        return followBranch(action);
      default:
        await act(action);
        return undefined;
    }
  }

  function act(
    action: Exclude<Action, { type: 'end' | 'fail' | 'permission' | 'permission-end' }>,
  ): Promise<void> | void {
    switch (action.type) {
      case 'think':
        return report.think(action.text);
      case 'say':
        return report.say(action.text);
      case 'plan':
        return report.plan(action.entries);
      case 'log':
        return note(action.message);
      case 'user-input':
      case 'usage':
        // The client's to say: an agent does not speak for its user, and this one has no model.
        return;
      case 'user-edit':
        return note('The user of the scenario edits files; nobody does so here.');
      case 'user-command':
        return note(`The user of the scenario runs a command; nobody does so here: ${action.command}`);
      case 'assert':
        return note('assert: is checked by the mocks, not here.');
      case 'event':
        return note(`An event of the type ${action.body.type} is told by the mocks, not here.`);
      case 'file':
        return toolbox.place(action.path, action.contents);
      case 'edit':
        return toolbox.edit(action.call, action.edit);
      case 'read':
        return toolbox.read(action.call, action.path, action.expectedContent);
      case 'tool-start':
        return toolbox.start(action.call, action.tool);
      case 'tool-progress':
        return toolbox.progress(action.call, action.message);
      case 'tool-output':
        return toolbox.progress(action.call, action.text);
      case 'tool-end':
        return toolbox.end(action);
    }
  }
};
