import { sleep } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import type { Action, AgentSetting, End, Step } from '@agent-harbor/scenario';
import { systemClock } from '../../recorder/system-clock.ts';
import type { Misbehaviour } from './misbehave.ts';
import type { Report } from './report.ts';
import type { CommandResult } from './run-command.ts';
import { type CallMemory, createToolbox } from './toolbox.ts';
import type { WorkingFiles } from './working-files.ts';

/** Where a scenario is performed for real. */
export interface Stage {
  /** The directory the agent works in, and never leaves. */
  readonly cwd: string;
  /** Its files on the disk, and as tools read and write them. */
  readonly disk: WorkingFiles;
  readonly files: WorkingFiles;
  readonly report: Report;
  /** What happened to tool calls before this turn. */
  readonly memory: CallMemory;
  /** The mode it works in. */
  readonly setting: AgentSetting;
  readonly misbehaviour: Misbehaviour;
  /** So many steps were performed before, by a process that is gone. */
  readonly from: number;
  /** Hears how many steps are done; nothing of them is under way. */
  done(steps: number): void;
  /** Hears of a call that gets no leave. */
  deny(toolCallId: string): void;
  /** Hears that the agent switched its mode. */
  modeIs(modeId: string): void;
  /** What users of the scenario said is told, as it has happened. */
  readonly isHistory: boolean;
  /** Hears no one any more, and never resolves. */
  hang(): Promise<never>;
  /** Hears what the turn used. */
  spend(usage: Extract<Action, { type: 'usage' }>): void;
  /** The factor of every time in a branch; the steps of the turn have it in them. */
  readonly speed: number;
  /** Asks for leave, and resolves with whether it was given. */
  ask(permission: Extract<Action, { type: 'permission' }>): Promise<boolean>;
  /** Runs a program where the client runs it; undefined where it does not, or not this one. `show` is told the terminal. */
  runByClient?(
    argv: readonly string[],
    cwd: string,
    signal: AbortSignal,
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
    const end = await performAll(steps, stage.from, stage.done);
    if (end !== undefined) return end;
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'aborted')) throw error;
  }
  await toolbox.abandon();
  return { kind: 'turn-ended', stopReason: 'cancelled' };

  async function performAll(
    played: readonly Step[],
    from = 0,
    done: (steps: number) => void = () => {},
  ): Promise<End | undefined> {
    let before = played[from - 1]?.atMs ?? 0;
    /** The request whose answer is there: nothing up to its end is waited for. */
    let answered: number | undefined;
    for (const [index, { atMs, action }] of played.entries()) {
      if (index < from) continue;
      const pauseMs = atMs - before;
      before = atMs;
      if ('call' in action && toolbox.isDone(action.call)) continue;
      if (pauseMs > 0 && answered === undefined) await sleep(systemClock, pauseMs, signal);
      if (action.type === 'permission') answered = action.call;
      if (action.type === 'permission-end' && action.call === answered) answered = undefined;
      // Who goes on with the session does not break down at the same place again.
      if (isLast(action)) done(index + 1);
      const end = await perform(action);
      if (end !== undefined) return end;
      if (signal.aborted) return undefined;
      if (answered === undefined && !toolbox.isBusy) done(index + 1);
    }
    return undefined;
  }

  async function followBranch(action: Extract<Action, { type: 'permission-end' }>): Promise<End | undefined> {
    const isAllowed = answers.get(action.call) === true;
    const { toolCallId } = action.request.toolCall ?? {};
    if (!isAllowed && toolCallId !== undefined) {
      memory.denied.add(toolCallId);
      stage.deny(toolCallId);
    }
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
        // The client's to say, but for what was said before: an agent does not speak for its user.
        return stage.isHistory ? report.hear(action.text) : undefined;
      case 'usage':
        return stage.spend(action);
      case 'mode':
        stage.setting.switchMode(action.modeId);
        stage.modeIs(action.modeId);
        return report.modeIs(action.modeId);
      case 'hang':
        return action.how === 'until-killed' ? stage.hang() : aborted(signal);
      case 'flood':
        return stage.misbehaviour.flood(action.flood, signal);
      case 'lie':
        return stage.misbehaviour.lie(action.call, action.lie);
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

/** Whether nothing of this process comes behind it. */
const isLast = (action: Action): boolean =>
  (action.type === 'end' && action.end.kind === 'exited') ||
  (action.type === 'hang' && action.how === 'until-killed');

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
