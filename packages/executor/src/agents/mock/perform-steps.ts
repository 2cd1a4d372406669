import { sleep } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import type { Action, End, Step } from '@agent-harbor/scenario';
import { systemClock } from '../../recorder/system-clock.ts';
import type { Report } from './report.ts';
import { createToolbox } from './toolbox.ts';

/** Where a scenario is performed for real. */
export interface Stage {
  /** The directory the agent works in, and never leaves. */
  readonly cwd: string;
  readonly report: Report;
  /** One line for people, beside the protocol. */
  note(line: string): void;
  /** Fires when the turn is not wanted any more. */
  readonly signal: AbortSignal;
}

/**
 * Performs the steps in the time they say. Where a tool really works, its own time takes the place of what the
 * scenario says it needs. A turn that is cancelled ends as `cancelled`.
 */
export const performSteps = async (
  steps: readonly Step[],
  stage: Stage,
): Promise<End | { readonly kind: 'turn-ended'; readonly stopReason: 'cancelled' }> => {
  const { report, note, signal } = stage;
  const toolbox = createToolbox(stage);
  let before = 0;
  try {
    for (const { atMs, action } of steps) {
      const pauseMs = atMs - before;
      before = atMs;
      if ('call' in action && toolbox.isDone(action.call)) continue;
      if (pauseMs > 0) await sleep(systemClock, pauseMs, signal);
      if (action.type === 'end') return action.end;
      await perform(action);
      if (signal.aborted) break;
    }
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'aborted')) throw error;
  }
  await toolbox.abandon();
  return { kind: 'turn-ended', stopReason: 'cancelled' };

  function perform(action: Exclude<Action, { type: 'end' }>): Promise<void> | void {
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
        // The client's to say: an agent does not speak for its user.
        return;
      case 'edit':
        return toolbox.edit(action.call, action.edit);
      case 'read':
        return toolbox.read(action.call, action.path);
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
