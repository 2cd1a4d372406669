import type { Action, End } from './step.ts';

/** Something to do in a turn; `beside` is what users do at a time of their own, whatever keeps the agent. */
export interface TurnStep {
  readonly atMs: number;
  readonly action: Action;
  readonly beside: boolean;
}

/** The timeline while it is written: a cursor that only moves forward, and what happens beside it. */
export interface Script {
  /** At the cursor. */
  add(action: Action): void;
  /** At a time of its own, counted from the start of the script; moves nothing. */
  addAt(atMs: number, action: Action): void;
  /** Ends what is written here; only the first end counts. What tests look at may still be added at the end. */
  end(end: End): void;
  readonly ended: End | undefined;
  readonly now: number;
  moveTo(atMs: number): void;
  /** The steps in their order. Without an end the script lasts until everything in it has happened. */
  finish(): readonly TurnStep[];
}

export const createScript = (): Script => {
  const steps: TurnStep[] = [];
  let now = 0;
  let end: End | undefined;
  return {
    add(action) {
      steps.push({ atMs: now, action, beside: false });
    },
    addAt(atMs, action) {
      steps.push({ atMs: Math.max(0, atMs), action, beside: true });
    },
    end(how) {
      end ??= how;
    },
    get ended() {
      return end;
    },
    get now() {
      return now;
    },
    moveTo(atMs) {
      now = Math.max(now, atMs);
    },
    finish() {
      if (end === undefined) now = steps.reduce((latest, { atMs }) => Math.max(latest, atMs), now);
      return steps.toSorted((one, other) => one.atMs - other.atMs);
    },
  };
};
