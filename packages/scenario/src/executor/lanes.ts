import type { TurnStep } from '../play/script.ts';
import type { Action, Branch } from '../play/step.ts';

/**
 * What is left of a turn, in two lanes: the agent does one thing after the other and may have to wait; what users do
 * beside it comes at times of its own. Times are those of the session's stopwatch.
 */
export interface Lanes {
  /** The next thing to do and its time; undefined when nothing is left but what waits. */
  next(): { readonly dueMs: number; readonly action: Action } | undefined;
  /** Takes the next thing away. */
  take(): void;
  /** Whether the agent waits. */
  blocked: boolean;
  /** The agent's next step is due now, and all that follows it is moved with it. */
  moveAgentTo(nowMs: number): void;
  /** The agent does this first, from now on; what it was to do comes behind it. */
  insert(branch: Branch, nowMs: number): void;
}

interface Lane {
  readonly steps: readonly { readonly atMs: number; readonly action: Action; readonly order: number }[];
  index: number;
  startMs: number;
}

export const createLanes = (steps: readonly TurnStep[], speed: number, startMs: number): Lanes => {
  const ordered = steps.map(({ atMs, action, beside }, order) => ({ atMs, action, beside, order }));
  const lane = (beside: boolean): Lane => ({
    steps: ordered.filter((step) => step.beside === beside),
    index: 0,
    startMs,
  });
  const users = lane(true);
  let agent = lane(false);
  /** Where the agent goes on when it has done what was inserted. */
  let outer: Lane | undefined;

  const head = (of: Lane) => of.steps[of.index];
  const dueMs = (of: Lane) => of.startMs + (head(of)?.atMs ?? 0) * speed;
  /** The lane whose turn it is; of two things at one time the one that was written first is done first. */
  const first = (): Lane | undefined => {
    if (head(agent) === undefined && outer !== undefined) {
      agent = outer;
      outer = undefined;
    }
    const [agents, user] = [lanes.blocked ? undefined : head(agent), head(users)];
    if (agents === undefined || user === undefined) {
      return agents === undefined ? (user === undefined ? undefined : users) : agent;
    }
    const earlier = dueMs(agent) - dueMs(users) || agents.order - user.order;
    return earlier <= 0 ? agent : users;
  };

  const lanes: Lanes = {
    blocked: false,
    next() {
      const lane = first();
      const step = lane === undefined ? undefined : head(lane);
      return lane === undefined || step === undefined
        ? undefined
        : { dueMs: dueMs(lane), action: step.action };
    },
    take() {
      const lane = first();
      if (lane !== undefined) lane.index += 1;
    },
    moveAgentTo(nowMs) {
      agent.startMs += nowMs - dueMs(agent);
    },
    insert({ steps: inserted, durationMs }, nowMs) {
      if (inserted.length === 0) return;
      agent.startMs += durationMs * speed;
      outer = agent;
      const order = (head(outer)?.order ?? ordered.length) - 0.5;
      agent = { steps: inserted.map((step) => ({ ...step, order })), index: 0, startMs: nowMs };
    },
  };
  return lanes;
};
