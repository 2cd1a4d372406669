import type { Sample } from '@agent-harbor/core';

/** How often values were how large. Observing one is an addition: nothing is allocated. */
export class Histogram {
  private readonly bounds: readonly number[];
  /** How many were in each bucket, the last being those beyond every bound. */
  private readonly counts: Float64Array;
  private sum = 0;

  /** `bounds` are the upper ends of the buckets, inclusive, in rising order. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += value;
  }

  /** The buckets as a scraper wants them: each with all that is below it. */
  samples(labels: Readonly<Record<string, string>> = {}): readonly Sample[] {
    let count = 0;
    const buckets = [...this.counts].map((inBucket, index): Sample => {
      count += inBucket;
      const bound = this.bounds[index];
      return {
        suffix: '_bucket',
        labels: { ...labels, le: bound === undefined ? '+Inf' : String(bound) },
        value: count,
      };
    });
    return [
      ...buckets,
      { suffix: '_sum', labels, value: this.sum },
      { suffix: '_count', labels, value: count },
    ];
  }
}
