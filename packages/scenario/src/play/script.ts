import type { Action, Step } from './step.ts';

/** The timeline while it is written: a cursor that only moves forward, and what happens beside it. */
export interface Script {
  /** At the cursor. */
  add(action: Action): void;
  /** At an absolute time; moves nothing. */
  addAt(atMs: number, action: Action): void;
  readonly now: number;
  moveTo(atMs: number): void;
  /** The number of the next use of a tool. */
  nextCall(): number;
  /** Nothing after the end is played. */
  readonly ended: boolean;
}

export const createScript = (): Script & { readonly steps: readonly Step[] } => {
  const steps: Step[] = [];
  let now = 0;
  let calls = 0;
  let ended = false;
  return {
    steps,
    add(action) {
      if (ended) return;
      steps.push({ atMs: now, action });
      ended = action.type === 'end';
    },
    addAt(atMs, action) {
      if (!ended) steps.push({ atMs, action });
    },
    get now() {
      return now;
    },
    moveTo(atMs) {
      now = Math.max(now, atMs);
    },
    nextCall() {
      calls += 1;
      return calls;
    },
    get ended() {
      return ended;
    },
  };
};
