import type { Action, End } from '../play/step.ts';
import type { Turn } from '../play/turns.ts';
import type { Approvals } from './approvals.ts';
import { createLanes } from './lanes.ts';
import type { OpenRequest } from './permission-request.ts';
import type { Scene } from './scene.ts';
import type { Scribe } from './scribe.ts';
import type { Stopwatch } from './stopwatch.ts';

/** Where a turn is played. */
export interface TurnParts {
  readonly speed: number;
  readonly time: Stopwatch;
  readonly scribe: Scribe;
  readonly scene: Scene;
  readonly approvals: Approvals;
  /** The user says something; it may ask for a turn of its own. */
  onInput(input: Extract<Action, { type: 'user-input' }>): void;
  onEnd(end: End): void;
}

/** Plays the steps of a turn, one timer at a time; what is due now is played at once. Gives what breaks it off. */
export const playTurn = ({ steps }: Pick<Turn, 'steps'>, parts: TurnParts): (() => void) => {
  const { speed, time, scribe, scene, approvals } = parts;
  const lanes = createLanes(steps, speed, time.elapsed());
  const requests = new Map<number, OpenRequest>();
  let isOver = false;
  let isPlaying = false;
  /** The script itself settles a request, at its own time. */
  let isDeciding = false;
  let cancelTimer = (): void => {};

  const end = (how: End): void => {
    isOver = true;
    cancelTimer();
    parts.onEnd(how);
  };

  /** What is settled now lets the agent go on now, whenever the script would have. */
  const goOn = (): void => {
    if (isOver) return;
    lanes.blocked = false;
    lanes.moveAgentTo(time.elapsed());
    if (!isPlaying) proceed();
  };

  const ask = ({ call, request, tool }: Extract<Action, { type: 'permission' }>): void => {
    const onSettled = () => {
      if (requests.has(call) && !isDeciding) goOn();
    };
    const asked = approvals.ask({ request, tool, speed, onSettled });
    requests.set(call, asked);
    if (asked.outcome !== undefined) goOn();
  };

  /** The agent goes on by the answer; where there is none, it waits. */
  const hear = ({
    call,
    request,
    whenAllowed,
    whenDenied,
  }: Extract<Action, { type: 'permission-end' }>): void => {
    const asked = requests.get(call);
    isDeciding = true;
    asked?.settleByScript();
    isDeciding = false;
    if (asked !== undefined && asked.outcome === undefined) {
      lanes.blocked = true;
      return;
    }
    lanes.take();
    const isAllowed = asked?.outcome === 'allowed';
    const { toolCallId } = request.toolCall ?? {};
    if (!isAllowed && toolCallId !== undefined) scene.deny(toolCallId);
    lanes.insert(isAllowed ? whenAllowed : whenDenied, time.elapsed());
  };

  const perform = (action: Action): void => {
    if (action.type === 'permission-end') {
      hear(action);
      return;
    }
    lanes.take();
    if (action.type === 'end') end(action.end);
    else if (action.type === 'permission') ask(action);
    else if (action.type === 'user-input') parts.onInput(action);
    else if (action.type === 'hang') lanes.blocked = true;
    else {
      const { bodies, failure } = scene.play(action);
      scribe.say(...bodies);
      if (failure !== undefined) end({ kind: 'exited', code: 1, message: failure, silent: true });
    }
  };

  const proceed = (): void => {
    cancelTimer();
    isPlaying = true;
    while (!isOver) {
      const next = lanes.next();
      if (next === undefined) break;
      const waitMs = next.dueMs - time.elapsed();
      if (waitMs > 0 || time.isPaused) {
        cancelTimer = time.schedule(Math.max(0, waitMs), proceed);
        break;
      }
      perform(next.action);
    }
    isPlaying = false;
    scribe.flush();
  };
  proceed();

  return () => {
    isOver = true;
    cancelTimer();
  };
};
