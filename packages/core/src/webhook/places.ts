/** How many requests are under way at once. */
export interface PlaceLimits {
  /** To one webhook. One that failed last has a single place until it takes a message again. */
  readonly each: number;
  /** To all together. */
  readonly total: number;
  /** To those that failed last, together: what stalls cannot take the places of the others. */
  readonly suspects: number;
}

export const usualPlaces: PlaceLimits = { each: 4, total: 128, suspects: 64 };

/** Gives out the places, and tells who did not get one when there is one again. */
export class Places {
  private taken = 0;
  private suspects = 0;
  private readonly waiting = new Set<() => void>();
  private readonly limits: PlaceLimits;

  constructor(limits: PlaceLimits) {
    this.limits = limits;
  }

  /** How many one webhook may have. */
  of(isSuspect: boolean): number {
    return isSuspect ? 1 : this.limits.each;
  }

  /** Takes a place; when there is none, `again` is called once as soon as one is given back. */
  take(isSuspect: boolean, again: () => void): boolean {
    const { total, suspects } = this.limits;
    if (this.taken >= total || (isSuspect && this.suspects >= suspects)) {
      this.waiting.add(again);
      return false;
    }
    this.taken += 1;
    if (isSuspect) this.suspects += 1;
    return true;
  }

  give(wasSuspect: boolean): void {
    this.taken -= 1;
    if (wasSuspect) this.suspects -= 1;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const again of waiting) again();
  }
}
