import type { Standing } from './standing.ts';

/** How many requests are under way at once. */
export interface PlaceLimits {
  /** To one webhook that took its last message. Any other has a single place until it takes one. */
  readonly each: number;
  /** To all together. */
  readonly total: number;
  /** While so many are taken nobody gets a second one: a few who stall all of a sudden leave room for the others. */
  readonly crowded: number;
  /** To those that failed last, together: what stalls cannot take the places of the others. */
  readonly failed: number;
  /** To those that were never tried, together: nobody knows yet whether they stall. */
  readonly new: number;
}

export const usualPlaces: PlaceLimits = { each: 4, total: 128, crowded: 64, failed: 64, new: 32 };

/** Gives out the places, and tells who did not get one when there is one again. */
export class Places {
  private readonly taken: Record<Standing, number> = { known: 0, new: 0, failed: 0 };
  private readonly waiting = new Set<() => void>();
  private readonly limits: PlaceLimits;

  constructor(limits: PlaceLimits) {
    this.limits = limits;
  }

  /** How many one webhook may have. */
  of(standing: Standing): number {
    return standing === 'known' ? this.limits.each : 1;
  }

  /** Takes one more than the `held` ones; when there is none, `again` is called once as soon as one is given back. */
  take(standing: Standing, held: number, again: () => void): boolean {
    const { taken, limits } = this;
    const isFull = standing !== 'known' && taken[standing] >= limits[standing];
    const room = held === 0 ? limits.total : limits.crowded;
    if (isFull || taken.known + taken.new + taken.failed >= room) {
      this.waiting.add(again);
      return false;
    }
    taken[standing] += 1;
    return true;
  }

  give(standing: Standing): void {
    this.taken[standing] -= 1;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const again of waiting) again();
  }
}
