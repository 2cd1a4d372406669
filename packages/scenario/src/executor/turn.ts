import type { Action, End } from '../play/step.ts';
import type { Turn } from '../play/turns.ts';
import type { Approvals, Asked } from './approvals.ts';
import { createLanes } from './lanes.ts';
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
  const requests = new Map<number, Asked>();
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
    const asked = approvals.ask(request, tool, { speed }, () => {
      if (requests.has(call) && !isDeciding) goOn();
    });
    requests.set(call, asked);
    if (asked.outcome !== undefined) goOn();
  };

  const settle = (action: Extract<Action, { type: 'permission-end' }>): 'waits' | 'settled' => {
    const { call, request, whenAllowed, whenDenied } = action;
    const asked = requests.get(call);
    if (asked === undefined) return 'settled';
    isDeciding = true;
    if (asked.outcome === undefined) settleByScript(asked, request);
    isDeciding = false;
    if (asked.outcome === undefined) return 'waits';
    if (asked.outcome !== 'allowed' && request.toolCall?.toolCallId !== undefined) {
      scene.deny(request.toolCall.toolCallId);
    }
    lanes.take();
    lanes.insert(asked.outcome === 'allowed' ? whenAllowed : whenDenied, time.elapsed());
    return 'settled';
  };

  const perform = (action: Action): void => {
    if (action.type === 'permission-end') {
      if (settle(action) === 'waits') lanes.blocked = true;
      return;
    }
    lanes.take();
    if (action.type === 'end') end(action.end);
    else if (action.type === 'permission') ask(action);
    else if (action.type === 'user-input') parts.onInput(action);
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

/** The script decides, or lets the request expire, whichever it says comes first. */
export const settleByScript = (asked: Asked, request: Parameters<Approvals['ask']>[0]): void => {
  const { decision, granted, options } = request;
  const isDecided = decision !== undefined || granted !== undefined;
  const expiresMs = request['x-expiresAfterMs'] ?? Number.POSITIVE_INFINITY;
  if (isDecided && (request['x-answerAfterMs'] ?? 0) <= expiresMs) {
    const kind = granted === true ? 'allow_once' : 'reject_once';
    const optionId =
      decision === undefined ? options.find((option) => option.kind === kind)?.id : decision.optionId;
    const isSelected = decision === undefined || decision.outcome === 'selected';
    const choice = isSelected && optionId !== undefined ? { optionId } : ('cancelled' as const);
    asked.decide(choice, decision?.['x-by'] ?? 'user', decision?.['x-note']);
  } else if (request['x-expiresAfterMs'] !== undefined) {
    asked.expire();
  }
};
