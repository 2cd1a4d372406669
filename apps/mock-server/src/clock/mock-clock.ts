import type { Clock } from '@agent-harbor/core';
import { createSleepers } from './sleepers.ts';

/** Time that can be held and moved by hand. */
export interface MockClock extends Clock {
  readonly isFrozen: boolean;
  /** How many wait for their time. */
  readonly waiting: number;
  /** Time stands still from now on: what waits, waits until the clock is moved. */
  freeze(): void;
  /** Time goes on from where it stands, as fast as the time below. */
  run(): void;
  /**
   * Moves time `ms` milliseconds on: wakes whoever is due, in order and each at its own time, and lets each do all it can
   * before the next. Resolves when all that is done. A clock that runs goes on running.
   */
  advance(ms: number): Promise<void>;
  /** Wakes nobody any more. */
  close(): void;
}

export interface MockClockOptions {
  /** The time below: what a running clock keeps pace with. */
  readonly base: Clock;
  /** What the clock shows first, standing still, in milliseconds since the epoch; without it, it runs with the time below. */
  readonly frozenAt?: number | undefined;
  /** Resolves when everything has run that hangs on promises alone. */
  readonly settle?: (() => Promise<void>) | undefined;
}

/** A turn of the event loop: promises, and what was written to sockets meanwhile, go before it. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const createMockClock = ({ base, frozenAt, settle = nextTurn }: MockClockOptions): MockClock => {
  const sleepers = createSleepers();
  let isFrozen = frozenAt !== undefined;
  /** Where time stands while it is held: frozen, or moved by hand. */
  let held = frozenAt;
  /** How far a running clock is ahead of the time below. */
  let aheadMs = 0;
  let alarm: { readonly at: number; readonly cancel: () => void } | undefined;
  let isClosed = false;
  let moves = 0;
  let lastMove: Promise<void> = Promise.resolve();

  const now = (): number => held ?? base.now() + aheadMs;

  /** A running clock has one timer below it: for whoever is due next. */
  const setAlarm = (): void => {
    const at = held === undefined && !isClosed ? sleepers.nextAt() : undefined;
    if (at === alarm?.at) return;
    alarm?.cancel();
    alarm = at === undefined ? undefined : { at, cancel: base.schedule(at - now(), ring) };
  };
  const ring = (): void => {
    alarm = undefined;
    const until = now();
    for (let wake = sleepers.take(until); wake !== undefined; wake = sleepers.take(until)) wake();
    setAlarm();
  };

  const hold = (): void => {
    held ??= now();
    setAlarm();
  };
  const letGo = (): void => {
    if (held === undefined || isFrozen || moves > 0) return;
    aheadMs = held - base.now();
    held = undefined;
    setAlarm();
  };

  const move = async (ms: number): Promise<void> => {
    hold();
    const until = now() + ms;
    await settle();
    for (let at = sleepers.nextAt(); at !== undefined && at <= until && !isClosed; at = sleepers.nextAt()) {
      held = Math.max(now(), at);
      sleepers.take(at)?.();
      await settle();
    }
    held = Math.max(now(), until);
  };

  return {
    now,
    schedule(delayMs, wake) {
      const forget = sleepers.add(now() + Math.max(0, delayMs), wake);
      setAlarm();
      return forget;
    },
    get isFrozen() {
      return isFrozen;
    },
    get waiting() {
      return sleepers.count;
    },
    freeze() {
      isFrozen = true;
      hold();
    },
    run() {
      isFrozen = false;
      letGo();
    },
    advance(ms) {
      moves += 1;
      // One after another, so that each is as long as it was asked to be.
      const moved = lastMove.then(() => move(ms));
      lastMove = moved
        .catch(() => {})
        .then(() => {
          moves -= 1;
          letGo();
        });
      return lastMove.then(() => moved);
    },
    close() {
      isClosed = true;
      setAlarm();
    },
  };
};
