import type { Clock } from '@agent-harbor/core';

/** A clock that stands still until somebody moves it. */
export interface VirtualClock extends Clock {
  /** Lets `ms` milliseconds pass: wakes whoever is due, in order, and lets each do all it can before the next. */
  advance(ms: number): Promise<void>;
  /** Goes to the next time at which somebody is due; false when nobody is. */
  advanceToNext(): Promise<boolean>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * A clock for a mock without fake timers: of a page that shows the mock, or of a test whose other timers shall run.
 * `startMs` is what it shows first, in milliseconds since the epoch.
 */
export const createVirtualClock = (startMs = 0): VirtualClock => {
  let now = startMs;
  /** The one that is due last comes first, and of several at one time the one that came last. */
  const sleepers: Sleeper[] = [];

  /** Wakes everybody who is due next, one after another, unless that is later than `until`. */
  const step = async (until: number, turns: Turns): Promise<boolean> => {
    const next = sleepers.at(-1);
    if (next === undefined || next.at > until) return false;
    sleepers.pop();
    now = Math.max(now, next.at);
    next.wake();
    await turns.next();
    return true;
  };

  /** One move after another, so that each is as long as it was asked to be. */
  let moved: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(move: (turns: Turns) => Promise<Result>): Promise<Result> => {
    const result = moved.then(() => withTurns(move));
    moved = result.catch(() => undefined);
    return result;
  };

  return {
    now: () => now,
    schedule(delayMs, wake) {
      const sleeper = { at: now + Math.max(0, delayMs), wake };
      let place = sleepers.length;
      while (place > 0 && (sleepers[place - 1]?.at ?? 0) <= sleeper.at) place -= 1;
      sleepers.splice(place, 0, sleeper);
      return () => {
        const at = sleepers.indexOf(sleeper);
        if (at !== -1) sleepers.splice(at, 1);
      };
    },
    advance: (ms) =>
      inTurn(async (turns) => {
        const until = now + ms;
        while (await step(until, turns));
        now = until;
      }),
    advanceToNext: () => inTurn((turns) => step(Number.POSITIVE_INFINITY, turns)),
  };
};

/** Turns of the event loop. */
interface Turns {
  /** Resolves when everything has run that hangs on promises alone. */
  next(): Promise<void>;
}

/** A message comes after all of them, and no fake timer holds it back. */
const withTurns = async <Result>(work: (turns: Turns) => Promise<Result>): Promise<Result> => {
  const { port1, port2 } = new MessageChannel();
  let wake = () => {};
  port2.onmessage = () => wake();
  const turns: Turns = {
    next: () =>
      new Promise((resolve) => {
        wake = resolve;
        port1.postMessage(null);
      }),
  };
  try {
    await turns.next();
    return await work(turns);
  } finally {
    port1.close();
    port2.close();
  }
};
