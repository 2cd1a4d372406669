import { type Clock, steady } from '../clock.ts';

/** A difference that clocks have by themselves, or that is set right by small steps. */
const usualMs = 5 * 60_000;
/** How long nothing is dropped by its age after the time of day was set: long enough for somebody to set it right. */
const doubtMs = 24 * 3_600_000;

/**
 * Whether ages can be believed. Somebody who sets the time of day to next year makes everything a year old at once, and
 * what was dropped for that does not come back.
 */
export class TrustedTime {
  private readonly clock: Clock;
  private last: { readonly wall: number; readonly even: number } | undefined;
  private doubtedUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Looks at the clock; `jumped` when the time of day was set since the last look. */
  look(): 'jumped' | 'doubted' | 'trusted' {
    const now = { wall: this.clock.now(), even: steady(this.clock).now() };
    const { wall, even } = this.last ?? now;
    this.last = now;
    if (Math.abs(now.wall - wall - (now.even - even)) > usualMs) {
      this.doubtedUntil = now.even + doubtMs;
      return 'jumped';
    }
    return now.even < this.doubtedUntil ? 'doubted' : 'trusted';
  }
}
